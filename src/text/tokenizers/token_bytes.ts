import type { Tokenizer } from "npm:@huggingface/tokenizers@0.2.0";

/**
 * Returns what counts the bytes of text that a token stands for, where the tokenizer works on bytes: a token
 * is then the bytes' stand-ins, a character each. Undefined for other tokenizers, for those that change the
 * text otherwise than by NFC, and for those with marks that swallow spaces.
 *
 * @param json the tokenizer's file
 */
export function tokenBytes(json: object, tokenizer: Tokenizer): ((id: number) => number) | undefined {
  const { decoder, normalizer, pre_tokenizer } = json as Record<string, { type?: string } | null | undefined>;
  const added = tokenizer.get_added_tokens_decoder();
  const strips = added.values().some(({ lstrip, rstrip }) => lstrip || rstrip);
  const keeps = normalizer === null || normalizer === undefined || normalizer.type === "NFC";
  const prefixed = JSON.stringify(pre_tokenizer)?.includes('"add_prefix_space":true');
  if (decoder?.type !== "ByteLevel" || strips || !keeps || prefixed) return undefined;
  const lengths: number[] = [];
  const lengthOf = (id: number) => {
    const mark = added.get(id);
    return mark === undefined
      ? tokenizer.id_to_token(id)?.length ?? 0
      : new TextEncoder().encode(mark.content).length;
  };
  return (id) => {
    return lengths[id] ??= lengthOf(id);
  };
}
