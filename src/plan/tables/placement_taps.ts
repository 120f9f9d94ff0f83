import { type Box, type Size, wholeOf } from "../geometry.ts";
import { type Taps, tapsOf, type TapsRequest } from "./taps.ts";
import { type TorchTaps, torchTapsOf } from "./torch_taps.ts";
import type { Placement } from "../view.ts";

/** Something of both axes, in upright pixels. */
export interface Axes<T> {
  x: T;
  y: T;
}

/** The taps of a placement's two axes where its resampler is Pillow's. */
export function placementTaps(placement: Placement, source: Size): Axes<Taps> {
  return axesOf(placement, source, tapsOf);
}

/** The taps of a placement's two axes where its resampler is torch's. */
export function placementTorchTaps(placement: Placement, source: Size): Axes<TorchTaps> {
  return axesOf(placement, source, torchTapsOf);
}

function axesOf<T extends Taps | TorchTaps>(
  { crop, cut, content, filter }: Placement,
  source: Size,
  tapsOf: (request: TapsRequest) => T,
): Axes<T> {
  const { left, top, right, bottom } = cut ?? wholeOf(source);
  const x = { filter, size: right - left, from: crop.left - left, to: crop.right - left };
  const y = { filter, size: bottom - top, from: crop.top - top, to: crop.bottom - top };
  return {
    x: moved(tapsOf({ ...x, length: content.width }), left),
    y: moved(tapsOf({ ...y, length: content.height }), top),
  };
}

/** Taps of an axis that begins at source pixel `by`. */
function moved<T extends Taps | TorchTaps>(taps: T, by: number): T {
  return by === 0 ? taps : { ...taps, first: taps.first.map((first) => first + by) };
}

/** The part of a placement's content that lies on the canvas, in content pixels; empty where none does. */
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
