import { VitrailError } from "../../errors.ts";
import type { Box, Range } from "../../plan/geometry.ts";
import type { Taps } from "../../plan/tables/taps.ts";

/** Refusals of a part that a binding does not hold, with what helps. */
const PIXEL = "one output pixel weighs more source pixels than a binding of this device holds; ask for a " +
  "larger output, or use the simd executor";
const LINE = "one line of a view reads more of a canvas than a binding of this device holds; use the simd " +
  "executor";

/**
 * Cuts a box into parts that take at most so many words, by halving it again and again. A box that takes no
 * more stays whole. Each cut is the one of two whose parts take less: a canvas's lines follow one another, so
 * that a part of its columns alone reaches nearly as far as all of them. Taps belong to the whole picture, so
 * parts give the same bytes.
 *
 *     content    │  part 0  │  part 1  │
 *     source    ├─ of part 0 ─┤
 *                         ├─ of part 1 ─┤       sources overlap, since taps reach beyond their part
 *
 * @param refusal says what a part is that cannot be cut
 * @throws {VitrailError} `limit` where one pixel alone takes more.
 */
export function blocksOf(box: Box, most: number, wordsOf: (part: Box) => number, refusal = PIXEL): Box[] {
  const width = box.right - box.left, height = box.bottom - box.top;
  if (width <= 0 || height <= 0) return [];
  if (wordsOf(box) <= most) return [box];
  if (width === 1 && height === 1) throw new VitrailError("limit", refusal);
  const [x, y] = [(box.left + box.right) >> 1, (box.top + box.bottom) >> 1];
  const across = [{ ...box, right: x }, { ...box, left: x }],
    down = [{ ...box, bottom: y }, { ...box, top: y }];
  const larger = (halves: Box[]) => Math.max(...halves.map(wordsOf));
  const isAcross = height === 1 || width > 1 && larger(across) < larger(down);
  return (isAcross ? across : down).flatMap((half) => blocksOf(half, most, wordsOf, refusal));
}

/**
 * Cuts lines into bands, as {@linkcode blocksOf} cuts boxes: one, where all take few enough words.
 * @throws {VitrailError} `limit` where one line alone takes more.
 */
export function bandsOf(lineCount: number, most: number, wordsOf: (lines: Range) => number): Range[] {
  const linesOf = ({ top, bottom }: Box) => ({ from: top, to: bottom });
  const all = { left: 0, top: 0, right: 1, bottom: lineCount }; // one pixel wide, to be cut in lines alone
  return blocksOf(all, most, (box) => wordsOf(linesOf(box)), LINE).map(linesOf);
}

/**
 * Returns the source pixels that a range of output pixels weighs. Both ends of taps only grow along an axis.
 */
export function sourceRange(taps: Taps<Int32Array | Float32Array>, { from, to }: Range): Range {
  return { from: taps.first[from], to: taps.first[to - 1] + taps.count[to - 1] };
}
