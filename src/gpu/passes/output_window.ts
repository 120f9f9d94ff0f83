import { VitrailError } from "../../errors.ts";
import type { Layout } from "../../layout/layout.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { Box } from "../../plan/geometry.ts";
import { perWord } from "../element_words.ts";

/** Where a view's rows lie: a buffer of elements, and the first one. */
export interface OutputPlace {
  values: GPUBuffer;
  base: number;
  dtype: Dtype;
}

/** A part of a place as one binding; `base` is the place's first element within it, modulo 2³². */
export interface OutputWindow {
  binding: GPUBufferBinding;
  base: number;
}

const ALIGNMENT = 64; // words; a binding's offset is a multiple of 256 bytes

/** The place's elements `from`..`to` as a binding. */
export function windowOf({ values, base, dtype }: OutputPlace, from: number, to: number): OutputWindow {
  const per = perWord(dtype), step = ALIGNMENT * per;
  const start = Math.floor((base + from) / step) * ALIGNMENT;
  const end = Math.min(values.size / 4, Math.ceil((base + to) / step) * ALIGNMENT);
  return {
    binding: { buffer: values, offset: start * 4, size: (end - start) * 4 },
    base: (base - start * per) >>> 0,
  };
}

/** A region's parts, each with a binding that holds what it writes, within `limit` bytes. */
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

/** The run of elements that a region writes. */
function reach({ offsets, repeats }: Layout, region: Box, transposed: boolean): { from: number; to: number } {
  const [channels, rows, columns] = offsets;
  const [across, down] = transposed ? [rows, columns] : [columns, rows];
  const parts = [
    channels,
    across.subarray(region.left, region.right),
    down.subarray(region.top, region.bottom),
    repeats,
  ];
  let from = 0, to = 1;
  for (const part of parts) {
    let low = Infinity, high = 0;
    for (const offset of part) low = Math.min(low, offset), high = Math.max(high, offset);
    from += low, to += high;
  }
  return { from, to };
}

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
    "this layout spreads one pixel's values further apart than a binding of this device reaches; use smaller pictures",
  );
}
