import {
  BPE,
  ByteLevelPreTokenizer,
  SequencePreTokenizer,
  type Tokenizer,
} from "npm:@huggingface/tokenizers@0.2.0";

/** The most words that are remembered; all are forgotten then. */
const MOST_WORDS = 2 ** 17;

/** The longest word that is remembered, in UTF-16 units. Longer ones seldom come again. */
const LONGEST = 64;

/** Returns the token ids of a word, as the steps before give it. */
export type WordIds = (word: string) => readonly number[];

/**
 * Makes a tokenizer of byte pairs remember each word's tokens, as its own library does more slowly. Where
 * words become stand-ins of bytes before they are merged, that is done once a word, too.
 *
 * @returns the ids of words; undefined for a tokenizer of another kind, which stays as it is
 */
export function rememberWords({ model, pre_tokenizer: pre }: Tokenizer): WordIds | undefined {
  if (!(model instanceof BPE)) return undefined;
  const encode = model.encode.bind(model), standIns = takeStandIns(pre);
  const known = new Map<string, readonly number[]>();
  const idsOf = (word: string) => {
    const found = known.get(word);
    if (found !== undefined) return found;
    const tokens = encode(standIns === undefined ? [word] : standIns.pre_tokenize_text(word));
    const ids = tokens.flatMap((token) => model.tokens_to_ids.get(token) ?? []);
    if (known.size === MOST_WORDS) known.clear();
    if (word.length <= LONGEST) known.set(copyOf(word), ids);
    return ids;
  };
  model.encode = (words) => words.flatMap((word) => idsOf(word).map((id) => model.vocab[id]));
  return idsOf;
}

/** Returns a copy of a word. Cut out of a text, it would keep the whole text in memory in Node 20. */
function copyOf(word: string): string {
  return ` ${word}`.slice(1);
}

/**
 * Takes what makes stand-ins of bytes out of the last step, which then cuts words at most; undefined where
 * that step does something else, too.
 */
function takeStandIns(pre: Tokenizer["pre_tokenizer"]): ByteLevelPreTokenizer | undefined {
  const last = pre instanceof SequencePreTokenizer ? pre.tokenizers.at(-1) : pre;
  if (!(last instanceof ByteLevelPreTokenizer) || last.add_prefix_space) return undefined;
  const { use_regex, pattern } = last;
  last.pre_tokenize_text = (text) => use_regex ? text.match(pattern) ?? [] : [text];
  return new ByteLevelPreTokenizer({ ...last.config, use_regex: false });
}
