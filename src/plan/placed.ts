import type { Placement } from "./view.ts";
import type { Size } from "./geometry.ts";
import { type Taps, tapsOf } from "./taps.ts";

/** The taps of a placement's two axes, in upright pixels. */
export function placementTaps({ crop, content, filter }: Placement, source: Size): { x: Taps; y: Taps } {
  const x = tapsOf({ filter, size: source.width, from: crop.left, to: crop.right, length: content.width });
  const y = tapsOf({ filter, size: source.height, from: crop.top, to: crop.bottom, length: content.height });
  return { x, y };
}
