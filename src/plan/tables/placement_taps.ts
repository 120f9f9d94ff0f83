import { Memo } from "../../layout/memo.ts";
import { type Box, type Size, wholeOf } from "../geometry.ts";
import { type Taps, tapsOf, type TapsRequest } from "./taps.ts";
import { torchCpuTapsOf } from "./torch_cpu_taps.ts";
import type { FloatTaps } from "./float_taps.ts";
import { torchCudaTapsOf } from "./torch_cuda_taps.ts";
import { torchFloatTapsOf } from "./torch_float_taps.ts";
import type { Placement } from "../view.ts";

/** A thing of each of the two axes. */
export interface Axes<T> {
  /** The one across. */
  x: T;
  /** The one down. */
  y: T;
}

/** The taps that were made last, 8 MiB of each kind: pictures of one size share them. */
const TAPS = new Memo<Taps>(8 * 2 ** 20, tapsBytes), FLOAT_TAPS = new Memo<FloatTaps>(8 * 2 ** 20, tapsBytes);

/** Returns the bytes that taps take, about. */
function tapsBytes({ first, count, weights }: Taps | FloatTaps): number {
  return first.byteLength + count.byteLength + weights.byteLength + 1024;
}

/** Returns the taps of a placement that is rounded to bytes between the passes, in upright pixels. */
export function placementTaps(placement: Placement, source: Size): Axes<Taps> {
  return axesOf(placement, source, TAPS, placement.resampler === "torch-cpu" ? torchCpuTapsOf : tapsOf);
}

/** Returns the taps of a placement that is resampled in floats, in its source's upright pixels. */
export function placementFloatTaps(placement: Placement, source: Size): Axes<FloatTaps> {
  const axisTaps = placement.resampler === "torch-cpu" ? torchFloatTapsOf : torchCudaTapsOf;
  return axesOf(placement, source, FLOAT_TAPS, axisTaps);
}

/** Returns the taps of both axes, each from `axisTaps`, which counts source pixels from the cut's first. */
function axesOf<T extends Taps | FloatTaps>(
  { crop, cut, content, filter, resampler }: Placement,
  source: Size,
  memo: Memo<T>,
  axisTaps: (request: TapsRequest) => T,
): Axes<T> {
  const { left, top, right, bottom } = cut ?? wholeOf(source);
  const x = { filter, size: right - left, from: crop.left - left, to: crop.right - left };
  const y = { filter, size: bottom - top, from: crop.top - top, to: crop.bottom - top };
  const taps = (request: TapsRequest, by: number) => {
    const { size, from, to, length } = request;
    const key = `${resampler} ${filter} ${size} ${from} ${to} ${length} ${by}`;
    return memo.resultOf(key, () => moved(axisTaps(request), by));
  };
  return { x: taps({ ...x, length: content.width }, left), y: taps({ ...y, length: content.height }, top) };
}

/** Returns the taps with `by` added to every source pixel. */
function moved<T extends Taps | FloatTaps>(taps: T, by: number): T {
  return by === 0 ? taps : { ...taps, first: taps.first.map((first) => first + by) };
}

/**
 * Returns the part of a placement's content that lies on the canvas, in content pixels; an empty box where
 * none does.
 *
 *     ┌content────┐
 *     │   ┌canvas─┼───┐      offset -4, -1
 *     │   │visible│   │      visible: left 4, top 1, right and bottom those of the content
 *     └───┼───────┘   │
 *         └───────────┘
 */
export function visibleOf({ content, offset }: Placement, canvas: Size): Box {
  const left = Math.min(content.width, Math.max(0, -offset.x));
  const top = Math.min(content.height, Math.max(0, -offset.y));
  return {
    left,
    top,
    right: Math.max(left, Math.min(content.width, canvas.width - offset.x)),
    bottom: Math.max(top, Math.min(content.height, canvas.height - offset.y)),
  };
}
