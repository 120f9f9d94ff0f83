/**
 * GPT-2's printable stand-ins for bytes: these stand for themselves, the others for U+0100 onwards, in order.
 */
function standIns(): string[] {
  const plain = (byte: number) => byte >= 33 && byte <= 126 || byte >= 161 && byte <= 172 || byte >= 174;
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(plain(byte) ? byte : next++));
}

/**
 * A byte-level BPE with five merges, and InternLM-XComposer's marks under the ids that it has them.
 * @param more more marks, which have ids from 95000 on
 */
export function tokenizerJson(more: readonly string[] = []): object {
  const bytes = standIns();
  const merges = [["t", "h"], ["th", "e"], ["Ġ", "the"], ["Ċ", "Ċ"], ["ĊĊ", "Ċ"]];
  const vocabulary = [...bytes, ...merges.map((pair) => pair.join(""))];
  const mark = (id: number, content: string) => ({ id, content, special: true, normalized: false });
  const added = [
    mark(1001, "<s>"),
    mark(2, "</s>"),
    mark(92542, "[UNUSED_TOKEN_145]"),
    mark(92543, "[UNUSED_TOKEN_146]"),
    ...more.map((content, index) => mark(95000 + index, content)),
  ].map((token) => ({ ...token, single_word: false, lstrip: false, rstrip: false }));
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { "<s>": { id: "<s>", ids: [1001], tokens: ["<s>"] } },
    },
    decoder: { type: "ByteLevel" },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id < 3 ? 3000 + id : id])),
      merges,
    },
  };
}
