import { VitrailError } from "../../errors.ts";
import type { Layout } from "../../layout/layout.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { Box, Range } from "../../plan/geometry.ts";
import { perWord } from "../element_words.ts";

/** The rows of a view in a buffer of elements. */
export interface OutputPlace {
  values: GPUBuffer;
  /** The first element of the rows. */
  base: number;
  dtype: Dtype;
}

/** A part of a view's rows that one binding holds. */
export interface OutputWindow {
  binding: GPUBufferBinding;
  /**
   * The first element of the view's rows, counted from the start of the binding. The rows may begin before
   * the binding does, and the count is modulo 2³².
   */
  base: number;
}

/** The words that a binding's offset is a multiple of: 256 bytes. */
const ALIGNMENT = 64;

/** Returns a window that holds the elements `from`..`to` of a view's rows. */
export function windowOf({ values, base, dtype }: OutputPlace, from: number, to: number): OutputWindow {
  const per = perWord(dtype), step = ALIGNMENT * per;
  const start = Math.floor((base + from) / step) * ALIGNMENT;
  const end = Math.min(values.size / 4, Math.ceil((base + to) / step) * ALIGNMENT);
  return {
    binding: { buffer: values, offset: start * 4, size: (end - start) * 4 },
    base: (base - start * per) >>> 0,
  };
}

/**
 * Cuts a region of a canvas into parts, each with a window of the output that holds all that the part writes,
 * within `limit` bytes.
 *
 *     canvas     ┌────────┐        output rows of the view
 *                │ upper  │ ─────▶ ├──── window ────┤
 *                ├────────┤                    ├──── window ────┤
 *                │ lower  │ ──────────────────────────▲
 *                └────────┘
 *
 * @param region canvas pixels, transposed where `transposed`
 * @throws {VitrailError} `limit` where a single pixel's elements lie further apart than `limit`.
 */
export function outputWindows(
  layout: Layout,
  place: OutputPlace,
  region: Box,
  transposed: boolean,
  limit: number,
): { region: Box; window: OutputWindow }[] {
  const { from, to } = reach(layout, region, transposed);
  const window = windowOf(place, from, to);
  if (window.binding.size! <= limit) return [{ region, window }];
  return halves(region).flatMap((half) => outputWindows(layout, place, half, transposed, limit));
}

/** Returns the range of elements, of a view's rows, in which a region writes. */
function reach({ offsets, repeats }: Layout, region: Box, transposed: boolean): Range {
  const [channels, lines, columns] = offsets;
  const [across, down] = transposed ? [lines, columns] : [columns, lines];
  const summands = [
    channels,
    across.subarray(region.left, region.right),
    down.subarray(region.top, region.bottom),
    repeats,
  ];
  let from = 0, to = 1;
  for (const offsets of summands) {
    let low = Infinity, high = 0;
    for (const offset of offsets) {
      low = Math.min(low, offset);
      high = Math.max(high, offset);
    }
    from += low;
    to += high;
  }
  return { from, to };
}

/** @throws {VitrailError} `limit` for a region of a single pixel. */
function halves(region: Box): Box[] {
  const { left, top, right, bottom } = region;
  if (right - left > 1 && right - left >= bottom - top) {
    const middle = (left + right) >> 1;
    return [{ ...region, right: middle }, { ...region, left: middle }];
  }
  if (bottom - top > 1) {
    const middle = (top + bottom) >> 1;
    return [{ ...region, bottom: middle }, { ...region, top: middle }];
  }
  throw new VitrailError(
    "limit",
    "this layout spreads one pixel's values further apart than a binding of this device reaches; " +
      "use smaller pictures",
  );
}
