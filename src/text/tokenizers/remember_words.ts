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

/**
 * Makes a tokenizer of byte pairs remember each word's tokens, as its own library does more slowly. Where
 * words become stand-ins of bytes before they are merged, that is done once a word, too.
 */
export function rememberWords({ model, pre_tokenizer: pre }: Tokenizer): void {
  if (!(model instanceof BPE)) return;
  const encode = model.encode.bind(model), standIns = takeStandIns(pre);
  const tokensOf = (word: string) =>
    encode(standIns === undefined ? [word] : standIns.pre_tokenize_text(word));
  const known = new Map<string, string[]>();
  model.encode = (words) => {
    const tokens: string[] = [];
    for (const word of words) {
      let own = known.get(word);
      if (own === undefined) {
        own = tokensOf(word);
        if (known.size === MOST_WORDS) known.clear();
        if (word.length <= LONGEST) known.set(word, own);
      }
      for (const token of own) tokens.push(token);
    }
    return tokens;
  };
}

/** Takes the step that makes bytes of words off the end of others, where it does nothing else. */
function takeStandIns(pre: Tokenizer["pre_tokenizer"]): ByteLevelPreTokenizer | undefined {
  if (!(pre instanceof SequencePreTokenizer)) return undefined;
  const last = pre.tokenizers.at(-1);
  if (!(last instanceof ByteLevelPreTokenizer) || last.use_regex || last.add_prefix_space) return undefined;
  pre.tokenizers.pop();
  return last;
}
