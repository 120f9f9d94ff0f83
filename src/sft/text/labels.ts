import { VitrailError } from "../../errors.ts";
import type { Role, TextSpan, TurnMarks } from "./template.ts";
import type { Tokenizer } from "./tokenizer_file.ts";

/** The label of a token that nobody learns to write (PyTorch's `ignore_index`). */
export const IGNORED = -100;

/** A tokenized part of a text: between two pictures, or before, or after all. */
export interface TextPart {
  readonly text: string;
  /** Where it begins in the text, UTF-16 units. */
  readonly from: number;
  readonly special: boolean;
  readonly ids: readonly number[];
  /** Where it begins in the row, tokens. */
  readonly at: number;
}

/**
 * Labels by the tokens that end turns: an assistant's turn from `header` tokens after the end of the turn before it, through
 * its own end, and if it is the last through the row's end. As the reference's parity of ends does for turns that
 * alternate from a human one, and right for those that do not.
 * Source: InternLM-XComposer `modeling_internlm_xcomposer2.py`, `mask_human_targets`.
 *
 * @param ids the whole row, {@linkcode IGNORED} at pictures
 * @param roles who speaks in each turn; not the assistant in the first, before which nothing ends
 * @throws {VitrailError} `dataset` where a value holds a token that ends turns or rows, `usage` where the tokenizer does not
 * know them.
 */
export function labelsByMarks(
  ids: Int32Array,
  roles: readonly Role[],
  { end, eos, header }: TurnMarks,
  where: string,
): Int32Array {
  const ends: number[] = [];
  for (let at = ids.indexOf(end); at >= 0; at = ids.indexOf(end, at + 1)) ends.push(at);
  if (ends.length !== roles.length) throw badEnds(ends.length, roles.length, end, where);
  const stop = ids.indexOf(eos);
  if (stop !== ids.length - 1) throw badEos(stop, ids.length, eos, where);
  const labels = new Int32Array(ids.length).fill(IGNORED);
  for (const [turn, role] of roles.entries()) {
    if (role !== "assistant") continue;
    const from = ends[turn - 1] + header;
    const to = turn === roles.length - 1 ? ids.length : ends[turn] + 1;
    if (from < to) labels.set(ids.subarray(from, to), from);
  }
  return labels;
}

function badEnds(found: number, turns: number, end: number, where: string): VitrailError {
  if (found === 0) {
    return new VitrailError(
      "usage",
      `the tokenizer never gives token ${end}, with which the template ends a turn: it is another model's`,
    );
  }
  return new VitrailError(
    "dataset",
    `${where}: token ${end} ends each of ${turns} turns, found it ${found} times; a value holds it`,
  );
}

function badEos(stop: number, length: number, eos: number, where: string): VitrailError {
  if (stop < 0) {
    return new VitrailError(
      "usage",
      `the tokenizer never gives token ${eos}, with which the template ends a row: it is another model's`,
    );
  }
  return new VitrailError(
    "dataset",
    `${where}: token ${eos} ends the row of ${length} tokens, found it at ${stop}; a value holds it`,
  );
}

/** Labels by the answers' places in the text: a token is labelled where it begins in an answer. */
export function labelsByAnswers(
  ids: Int32Array,
  parts: readonly TextPart[],
  answers: readonly TextSpan[],
  tokenizer: Tokenizer,
): Int32Array {
  const labels = new Int32Array(ids.length).fill(IGNORED);
  for (const part of parts) {
    const { from, at, text } = part;
    const inside = (place: number) => Math.min(Math.max(place - from, 0), text.length);
    const places = answers.flatMap((answer) => answer.map(inside));
    const borders = bordersOf(part, places, tokenizer);
    for (let i = 0; i < borders.length; i += 2) {
      const begin = at + borders[i], end = at + borders[i + 1];
      if (begin < end) labels.set(ids.subarray(begin, end), begin);
    }
  }
  return labels;
}

/**
 * How many of a part's tokens lie before each place in its text. Mostly, the pieces between the places tokenize to what the
 * part did, and their lengths tell. Where a token spans a place, its tokens are those that the part has in common with
 * the text up to there.
 */
function bordersOf(
  { text, special, ids }: TextPart,
  places: readonly number[],
  tokenizer: Tokenizer,
): number[] {
  const pieces = [0, ...places].map((place, index) =>
    tokensOf(text.slice(place, places[index] ?? text.length), special && index === 0, tokenizer)
  );
  if (isSame(pieces.flat(), ids)) {
    let before = 0;
    return places.map((_, index) => before += pieces[index].length);
  }
  return places.map((place) => {
    if (place === text.length) return ids.length;
    const before = tokensOf(text.slice(0, place), special, tokenizer);
    const differing = before.findIndex((id, index) => id !== ids[index]);
    return differing < 0 ? before.length : differing;
  });
}

/** The tokens of a text, of which an empty one has none but special ones. */
function tokensOf(text: string, special: boolean, tokenizer: Tokenizer): readonly number[] {
  return text === "" && !special ? [] : tokenizer(text, special);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
