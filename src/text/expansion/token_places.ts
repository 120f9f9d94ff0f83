import type { Tokenizer } from "../tokenizer_file.ts";

const ENCODER = new TextEncoder();

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
 * Tokens that stand for bytes are counted by these, if one ends at each place. Otherwise the pieces of text
 * between the places are tokenized: mostly they give the text's own tokens, and their lengths are the counts.
 * They do not if a token spans a place. The tokens before it are then those that the text has in common with
 * its beginning up to there.
 */
export function tokensBefore(
  { text, special, ids }: TokenizedText,
  places: readonly number[],
  tokenizer: Tokenizer,
): number[] {
  if (places.length === 0) return [];
  const { begun, ended } = special ? specialsOf(tokenizer) : { begun: 0, ended: 0 };
  const counted = tokenizer.bytesOf && countedByBytes({ text, ids, begun }, places, tokenizer.bytesOf);
  if (counted) return counted;
  const beginning = (place: number) =>
    idsOf(text.slice(0, place), special, tokenizer).slice(0, -ended || undefined);
  const pieces = [0, ...places].map((place, index) => {
    const end = places[index] ?? text.length;
    return index === 0 ? beginning(end) : idsOf(text.slice(place, end), false, tokenizer);
  });
  if (isSame(pieces.flat(), ids)) {
    let before = 0;
    return places.map((_, index) => before += pieces[index].length);
  }
  return places.map((place) => {
    if (place === text.length) return ids.length;
    const before = beginning(place);
    const differing = before.findIndex((id, index) => id !== ids[index]);
    return differing < 0 ? before.length : differing;
  });
}

/** Returns the counts of special tokens that begin and end each row of a tokenizer. */
function specialsOf(tokenizer: Tokenizer): { begun: number; ended: number } {
  const both = tokenizer("", true).length, [own] = tokenizer("a", false);
  const begun = Math.max(0, tokenizer("a", true).indexOf(own));
  return { begun, ended: both - begun };
}

/**
 * Counts tokens before places by the bytes that tokens stand for; undefined where these are not the text's,
 * as where special tokens end the row, or where a token spans a place.
 * @param begun the count of special tokens that begin the row
 */
function countedByBytes(
  { text, ids, begun }: { text: string; ids: readonly number[]; begun: number },
  places: readonly number[],
  bytesOf: (id: number) => number,
): number[] | undefined {
  if (text.normalize() !== text) return undefined;
  const counts: number[] = [];
  let at = 0, tokens = begun, end = 0;
  for (const [index, place] of [...places, text.length].entries()) {
    end += ENCODER.encode(text.slice(places[index - 1] ?? 0, place)).length;
    while (at < end && tokens < ids.length) at += bytesOf(ids[tokens++]);
    if (at !== end) return undefined;
    counts.push(tokens);
  }
  return tokens === ids.length ? counts.slice(0, -1) : undefined;
}

/** Returns the ids of a text; an empty text has none but special ones. */
function idsOf(text: string, special: boolean, tokenizer: Tokenizer): readonly number[] {
  return text === "" && !special ? [] : tokenizer(text, special);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
