import type { Tokenizer } from "../../../src/text/tokenizer_file.ts";

/** The marks that both toy tokenizers know. */
const MARKS: Readonly<Record<string, number>> = {
  "<s>": 1,
  "</s>": 2,
  "[UNUSED_TOKEN_145]": 92542,
  "[UNUSED_TOKEN_146]": 92543,
};

/** The tokenizers that `collate.json` was made with: `byte` gives each byte a token, `word` each word. */
export const toyTokenizers: Readonly<Record<"byte" | "word", Tokenizer>> = {
  byte: toy((text) => [...new TextEncoder().encode(text)].map((byte) => 1000 + byte)),
  word: toy((text) =>
    [...text.matchAll(/assistant|\n|(?:(?!assistant)[^ \n])+/g)].flatMap(([word]) => idsOf(word))
  ),
};

function toy(ordinary: (text: string) => number[]): Tokenizer {
  return (text, special) => {
    const pieces = text.split(/(<s>|<\/s>|\[UNUSED_TOKEN_14[56]\])/);
    const ids = pieces.flatMap((piece, index) => index % 2 === 1 ? [MARKS[piece]] : ordinary(piece));
    return special ? [1, ...ids] : ids;
  };
}

function idsOf(word: string): number[] {
  if (word === "assistant") return [525, 11353];
  if (word === "\n") return [364];
  return [3000 + fnv1a(new TextEncoder().encode(word)) % 80000];
}

/** The 32-bit FNV-1a hash. */
function fnv1a(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}
