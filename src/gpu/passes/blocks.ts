import { VitrailError } from "../../errors.ts";
import { type Box, type Size, sizeText } from "../../plan/geometry.ts";
import type { Taps } from "../../plan/tables/taps.ts";

/** Taps of either arithmetic. */
export type AnyTaps = Taps<Int32Array | Float32Array>;

/** A half-open run of indices. */
export interface Run {
  from: number;
  to: number;
}

/** A part of a placement's content whose source rectangle fits a texture; both in the working frame. */
export interface Block {
  columns: Run;
  rows: Run;
  source: { columns: Run; rows: Run };
}

/** What a block's textures may be. */
export interface BlockLimits {
  /** Pixels a side. */
  side: number;
  /** Pixels of the source rectangle, and of its rows resampled to the block's columns. */
  area: number;
}

/**
 * Cuts the visible part of a content into blocks whose source rectangles and intermediate rows fit the limits. Taps belong to the whole
 * picture, so blocks give the same bytes as one texture would.
 * @throws {VitrailError} `limit` where one output pixel alone needs more source pixels than a texture holds.
 */
export function blocksOf(x: AnyTaps, y: AnyTaps, visible: Box, limits: BlockLimits): Block[] {
  const blocks: Block[] = [];
  const cut = (columns: Run, rows: Run) => {
    const source = { columns: sourceRun(x, columns), rows: sourceRun(y, rows) };
    const size = { width: lengthOf(source.columns), height: lengthOf(source.rows) };
    const widest = Math.max(size.width, lengthOf(columns));
    const wide = widest > limits.side;
    const high = size.height > limits.side;
    if (!wide && !high && widest * size.height <= limits.area) {
      blocks.push({ columns, rows, source });
    } else if ((high || (!wide && size.height >= size.width)) && lengthOf(rows) > 1) {
      for (const half of halves(rows)) cut(columns, half);
    } else if (lengthOf(columns) > 1 && !(high && lengthOf(rows) === 1)) {
      for (const half of halves(columns)) cut(half, rows);
    } else throw tooLarge(size, limits);
  };
  const { left, top, right, bottom } = visible;
  if (left < right && top < bottom) cut({ from: left, to: right }, { from: top, to: bottom });
  return blocks;
}

/** Items in a run. */
export function lengthOf(run: Run): number {
  return run.to - run.from;
}

function halves({ from, to }: Run): [Run, Run] {
  const middle = (from + to) >> 1;
  return [{ from, to: middle }, { from: middle, to }];
}

/** The source pixels that a run of output pixels weighs; both ends only grow along an axis. */
function sourceRun(taps: AnyTaps, { from, to }: Run): Run {
  return { from: taps.first[from], to: taps.first[to - 1] + taps.count[to - 1] };
}

function tooLarge(size: Size, limits: BlockLimits): VitrailError {
  return new VitrailError(
    "limit",
    `one output pixel weighs ${
      sizeText(size)
    } source pixels, and a texture here holds ${limits.side} a side and ` +
      `${limits.area} in all; ask for a larger output, or use the reference backend`,
  );
}
