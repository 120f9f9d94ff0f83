import { VitrailError } from "../../errors.ts";
import type { Box, Range } from "../../plan/geometry.ts";
import type { Taps } from "../../plan/tables/taps.ts";

/**
 * Cuts a box into parts that fit, by halving it again and again: it is whole where it fits. Taps belong to
 * the whole picture, so parts give the same bytes.
 *
 *     content    │  part 0  │  part 1  │
 *     source    ├─ of part 0 ─┤
 *                         ├─ of part 1 ─┤       sources overlap, since taps reach beyond their part
 *
 * @throws {VitrailError} `limit` where one pixel alone does not fit.
 */
export function blocksOf(box: Box, fits: (part: Box) => boolean): Box[] {
  const width = box.right - box.left, height = box.bottom - box.top;
  if (width <= 0 || height <= 0) return [];
  if (fits(box)) return [box];
  if (width === 1 && height === 1) {
    throw new VitrailError(
      "limit",
      "one output pixel weighs more source pixels than a binding of this device holds; ask for a larger " +
        "output, or use the simd executor",
    );
  }
  const [x, y] = [(box.left + box.right) >> 1, (box.top + box.bottom) >> 1];
  const halves = width > height
    ? [{ ...box, right: x }, { ...box, left: x }]
    : [{ ...box, bottom: y }, { ...box, top: y }];
  return halves.flatMap((half) => blocksOf(half, fits));
}

/** Cuts lines into bands that fit, as {@linkcode blocksOf} cuts boxes: one, where all of them do. */
export function bandsOf(lineCount: number, fits: (lines: Range) => boolean): Range[] {
  const linesOf = ({ top, bottom }: Box) => ({ from: top, to: bottom });
  const all = { left: 0, top: 0, right: 1, bottom: lineCount }; // one pixel wide, to be cut in lines alone
  return blocksOf(all, (box) => fits(linesOf(box))).map(linesOf);
}

/**
 * Returns the source pixels that a range of output pixels weighs. Both ends of taps only grow along an axis.
 */
export function sourceRange(taps: Taps<Int32Array | Float32Array>, { from, to }: Range): Range {
  return { from: taps.first[from], to: taps.first[to - 1] + taps.count[to - 1] };
}
