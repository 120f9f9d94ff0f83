import { VitrailError } from "../../errors.ts";
import { type Box, lengthOf, type Range, type Size, sizeText } from "../../plan/geometry.ts";
import type { Taps } from "../../plan/tables/taps.ts";

/** Taps of either resampler. */
export type AnyTaps = Taps<Int32Array | Float32Array>;

/** A part of a placement's content whose source rectangle fits a texture; both in the working frame. */
export interface Block {
  columns: Range;
  lines: Range;
  /** The source pixels that the block's taps weigh. */
  source: { columns: Range; lines: Range };
}

/** The most that a block's textures may hold. */
export interface BlockLimits {
  /** Pixels a side. */
  side: number;
  /** Pixels of the source rectangle, and of its lines resampled to the block's columns. */
  area: number;
}

/**
 * Cuts the visible part of a content into blocks whose source rectangles and resampled lines fit the limits.
 * Taps belong to the whole picture, so blocks give the same bytes as one texture would.
 *
 *     content    │  block 0  │  block 1  │  block 2  │
 *     source    ├─ of block 0 ─┤
 *                          ├─ of block 1 ─┤                source rectangles overlap,
 *                                      ├─ of block 2 ─┤    since taps reach beyond their block
 *
 * @throws {VitrailError} `limit` where one output pixel alone needs more source pixels than a texture holds.
 */
export function blocksOf(x: AnyTaps, y: AnyTaps, visible: Box, limits: BlockLimits): Block[] {
  const blocks: Block[] = [];
  const cut = (columns: Range, lines: Range) => {
    const source = { columns: sourceRange(x, columns), lines: sourceRange(y, lines) };
    const size = { width: lengthOf(source.columns), height: lengthOf(source.lines) };
    const widest = Math.max(size.width, lengthOf(columns));
    const wide = widest > limits.side;
    const high = size.height > limits.side;
    if (!wide && !high && widest * size.height <= limits.area) {
      blocks.push({ columns, lines, source });
    } else if ((high || (!wide && size.height >= size.width)) && lengthOf(lines) > 1) {
      for (const half of halves(lines)) cut(columns, half);
    } else if (lengthOf(columns) > 1 && !(high && lengthOf(lines) === 1)) {
      for (const half of halves(columns)) cut(half, lines);
    } else throw tooLarge(size, limits);
  };
  const { left, top, right, bottom } = visible;
  if (left < right && top < bottom) cut({ from: left, to: right }, { from: top, to: bottom });
  return blocks;
}

function halves({ from, to }: Range): [Range, Range] {
  const middle = (from + to) >> 1;
  return [{ from, to: middle }, { from: middle, to }];
}

/**
 * Returns the source pixels that a range of output pixels weighs. Both ends of taps only grow along an axis.
 */
function sourceRange(taps: AnyTaps, { from, to }: Range): Range {
  return { from: taps.first[from], to: taps.first[to - 1] + taps.count[to - 1] };
}

function tooLarge(size: Size, { side, area }: BlockLimits): VitrailError {
  return new VitrailError(
    "limit",
    `one output pixel weighs ${sizeText(size)} source pixels, and a texture here holds ${side} a side and ` +
      `${area} in all; ask for a larger output, or use the simd executor`,
  );
}
