import type { Tokenizer } from "../tokenizer_file.ts";

/** A text that was tokenized for itself. */
export interface TokenizedText {
  /** The text. */
  readonly text: string;
  /** True where the tokenizer was asked for special tokens (`<s>`) before it. */
  readonly special: boolean;
  /** Its tokens. */
  readonly ids: readonly number[];
}

/**
 * Counts a text's tokens before each of some places in it, which are in order.
 *
 * The pieces of text between the places mostly tokenize to the text's own tokens, and their lengths are the
 * counts. Where a token spans a place, they do not. Then the tokens before a place are those that the text
 * has in common with its beginning up to there.
 */
export function tokensBefore(
  { text, special, ids }: TokenizedText,
  places: readonly number[],
  tokenizer: Tokenizer,
): number[] {
  if (places.length === 0) return [];
  const pieces = [0, ...places].map((place, index) =>
    idsOf(text.slice(place, places[index] ?? text.length), special && index === 0, tokenizer)
  );
  if (isSame(pieces.flat(), ids)) {
    let before = 0;
    return places.map((_, index) => before += pieces[index].length);
  }
  return places.map((place) => {
    if (place === text.length) return ids.length;
    const before = idsOf(text.slice(0, place), special, tokenizer);
    const differing = before.findIndex((id, index) => id !== ids[index]);
    return differing < 0 ? before.length : differing;
  });
}

/** Returns the ids of a text; an empty text has none but special ones. */
function idsOf(text: string, special: boolean, tokenizer: Tokenizer): readonly number[] {
  return text === "" && !special ? [] : tokenizer(text, special);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
