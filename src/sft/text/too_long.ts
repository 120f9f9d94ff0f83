import { VitrailError } from "../../errors.ts";
import type { Sample } from "../data/sample.ts";
import { type Learn, learntTurns } from "./learnt_turns.ts";
import { PLACEHOLDER } from "./placeholders.ts";
import type { SampleText, TextOf } from "./sample_text.ts";
import { roleOf } from "./template.ts";

/** A sample of too many tokens is an error, is left out, or loses its last turns. */
export const TOO_LONG = ["refuse", "skip", "cut"] as const;

/** The most tokens of a sample, and the treatment of one that has more. */
export interface LengthLimit {
  readonly maxLength: number;
  readonly tooLong: typeof TOO_LONG[number];
  /** The turns that are learnt. */
  readonly learn: Learn;
}

/** The error of a sample that is to be left out, and is no fault of the data set. */
export class LeftOut extends VitrailError {}

/**
 * Returns what makes texts of no more than `maxLength` tokens.
 *
 * A cut drops whole turns from the end, until what is left fits and ends with a turn that is learnt. Pictures
 * keep their places: a sample whose pictures stand in later turns is refused.
 *
 * The result throws `limit`, naming the sample, where it is too long. It throws a {@linkcode LeftOut} where
 * such samples are skipped.
 */
export function limitedTexts(textOf: TextOf, { maxLength, tooLong, learn }: LengthLimit): TextOf {
  return (sample, images, where) => {
    const whole = textOf(sample, images, where), length = lengthOf(whole);
    if (length <= maxLength) return whole;
    const found = `${where}: it has ${length} tokens, more than ${maxLength}`;
    if (tooLong === "skip") throw new LeftOut("limit", found);
    if (tooLong === "refuse") {
      throw new VitrailError("limit", `${found}; --too-long skip leaves such samples out, cut drops turns`);
    }
    const ends = endsOf(sample, images.length > 0, learn);
    const fitting = lastFitting(ends, (end) => {
      const text = textOf({ ...sample, conversations: sample.conversations.slice(0, end) }, images, where);
      return lengthOf(text) <= maxLength ? text : undefined;
    });
    if (fitting === undefined) throw new VitrailError("limit", `${found}, ${unfit(ends, images.length)}`);
    return { ...fitting, row: { ...fitting.row!, whole: length } };
  };
}

function lengthOf({ row }: SampleText): number {
  return row?.ids.length ?? 0;
}

/** Returns the counts of turns that a sample may be cut to: behind its last picture, and a turn to learn. */
function endsOf({ conversations }: Sample, pictures: boolean, learn: Learn): number[] {
  const learnt = learntTurns(conversations, typeof learn === "string" ? ["assistant"] : learn);
  const marked = conversations.findLastIndex(({ value }) => value.includes(PLACEHOLDER));
  const first = conversations.findIndex((turn) => roleOf(turn) === "human"); // where a lone picture goes
  const last = marked < 0 && pictures ? first : marked;
  return learnt.flatMap((own, turn) => own && turn > last && turn < learnt.length - 1 ? [turn + 1] : []);
}

/** Returns what `fit` gives for the last of `ends` that fits, the later of which are longer. */
function lastFitting<T>(ends: readonly number[], fit: (end: number) => T | undefined): T | undefined {
  let fitting: T | undefined, from = 0, to = ends.length;
  while (from < to) {
    const middle = (from + to) >> 1, found = fit(ends[middle]);
    if (found === undefined) to = middle;
    else {
      fitting = found;
      from = middle + 1;
    }
  }
  return fitting;
}

function unfit(ends: readonly number[], pictures: number): string {
  const behind = pictures > 0 ? " behind its last picture" : "";
  return ends.length === 0
    ? `and no turn that is learnt ends${behind} where it could be cut`
    : `and its first ${ends[0]} turns, up to the first that is learnt${behind}, have more, too`;
}
