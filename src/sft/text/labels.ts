import { VitrailError } from "../../errors.ts";
import type { TextSpan, TurnMarks } from "./template.ts";
import { type TokenizedText, tokensBefore } from "../../text/expansion/token_places.ts";
import type { Tokenizer } from "../../text/tokenizer_file.ts";

/** The label of a token that nobody learns to write (PyTorch's `ignore_index`). */
export const IGNORED = -100;

/** A stretch of a text that no picture interrupts, tokenized for itself. */
export interface TextSegment extends TokenizedText {
  /** Its offset in the whole text, in UTF-16 units. */
  readonly from: number;
  /** Its offset in the row, in tokens. */
  readonly at: number;
}

/**
 * Labels a row by the tokens that end turns. Labels of an answer begin `header` tokens after the end of the
 * turn before it, and go on through its own end. Those of the last turn go on through the row's
 * end.
 *
 *     <user> a END <assistant> b END <user> c END <assistant> d END EOS
 *              └── header ───┘ =====          └── header ───┘ =========   (= is labelled)
 *
 * The reference counts ends and takes every second turn for the assistant's. Where turns alternate from a
 * human one, the labels are the same; where they do not, these are right.
 * Source: InternLM-XComposer `modeling_internlm_xcomposer2.py`, `mask_human_targets`.
 *
 * @param ids the whole row, {@linkcode IGNORED} at pictures
 * @param learnt which turns are answers to be learnt; the first is none, since no turn ends before it
 * @param where the sample's name in messages
 * @throws {VitrailError} `dataset` where a value holds a token that ends turns or rows, `usage` where the
 * tokenizer never gives such a token.
 */
export function labelsByMarks(
  ids: Int32Array,
  learnt: readonly boolean[],
  { end, eos, header }: TurnMarks,
  where: string,
): Int32Array {
  const ends: number[] = [];
  for (let at = ids.indexOf(end); at >= 0; at = ids.indexOf(end, at + 1)) ends.push(at);
  if (ends.length !== learnt.length) throw badEnds(ends.length, learnt.length, end, where);
  const stop = ids.indexOf(eos);
  if (stop !== ids.length - 1) throw badEos(stop, ids.length, eos, where);
  const labels = new Int32Array(ids.length).fill(IGNORED);
  for (const [turn, own] of learnt.entries()) {
    if (!own) continue;
    const from = ends[turn - 1] + header;
    const to = turn === learnt.length - 1 ? ids.length : ends[turn] + 1;
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

/** Labels a row by the answers' places in the text: a token is labelled where it begins in an answer. */
export function labelsByAnswers(
  ids: Int32Array,
  segments: readonly TextSegment[],
  answers: readonly TextSpan[],
  tokenizer: Tokenizer,
): Int32Array {
  const labels = new Int32Array(ids.length).fill(IGNORED);
  for (const segment of segments) {
    const { from, at, text } = segment;
    const inside = (place: number) => Math.min(Math.max(place - from, 0), text.length);
    const places = answers.flatMap((answer) => answer.map(inside));
    const counts = tokensBefore(segment, places, tokenizer);
    for (let i = 0; i < counts.length; i += 2) {
      const begin = at + counts[i], end = at + counts[i + 1];
      if (begin < end) labels.set(ids.subarray(begin, end), begin);
    }
  }
  return labels;
}
