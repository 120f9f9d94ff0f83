import { placementFloatTaps, visibleOf } from "../plan/tables/placement_taps.ts";
import { floatSteps, type Normalisation } from "../plan/tables/values.ts";
import type { CanvasView } from "../plan/view.ts";
import type { Raster } from "./raster.ts";
import { resampleFloats } from "./resample_floats.ts";

const { fround } = Math;

/**
 * Returns the values `[3, height, width]` of a canvas of floats. Bytes are rescaled, then resampled, then
 * normalised, every step in f32. The fill, black, is zeros before it is normalised.
 * @param source the pixels of the canvas's one placement
 */
export function floatPlanes(view: CanvasView, source: Raster, values: Normalisation): Float32Array {
  const { canvas: { width, height }, placements: [placement] } = view;
  const { factor, mean, std } = floatSteps(values);
  const data = new Float32Array(source.data.length);
  for (let i = 0; i < data.length; i++) data[i] = source.data[i] * factor;
  const scaled = { ...source, data };
  const content = resampleFloats(scaled, placementFloatTaps(placement, source), placement.order);
  const { left, top, right, bottom } = visibleOf(placement, view.canvas);
  const planes = new Float32Array(3 * width * height);
  for (let channel = 0; channel < 3; channel++) {
    const plane = planes.subarray(channel * width * height, (channel + 1) * width * height);
    for (let y = top; y < bottom; y++) {
      const to = (placement.offset.y + y) * width + placement.offset.x;
      const from = y * content.width * 3 + channel;
      for (let x = left; x < right; x++) plane[to + x] = content.data[from + x * 3];
    }
    for (let i = 0; i < plane.length; i++) {
      plane[i] = fround(fround(plane[i] - mean[channel]) / std[channel]);
    }
  }
  return planes;
}
