import { lengthOf } from "../../plan/geometry.ts";
import { type Normalisation, valueTable } from "../../plan/tables/values.ts";
import type { GlobalView } from "../../plan/view.ts";
import { struct } from "../device/uniforms.ts";
import { FORMAT, perWord } from "../element_words.ts";
import { INVOCATIONS } from "../invocations.ts";
import { type OutputPlace, windowOf } from "./output_window.ts";
import type { PassContext } from "../pass_context.ts";
import { bindingOf, type DeviceCanvas } from "../sources/source_texture.ts";

/** The uniform of shaders/global.wgsl. */
export const GlobalParams = struct({
  canvas: "vec2u",
  size: "vec2u",
  stride: "u32",
  base: "u32",
  lineFrom: "u32",
  canvasFrom: "u32",
});

/** The most lines of the canvas that a band of a global view weighs beyond its own, above and below. */
const REACH = 2;

/**
 * Records a global view of a canvas on the device, in bands: each is as many lines as one dispatch makes, and
 * as have their canvas pixels in one binding.
 *
 *     canvas   ┌────────┐ ┐
 *              │        │ ├ of band 0, with the lines that it reaches to
 *              ├────────┤ ┤ ┐
 *              │        │ ┘ ├ of band 1
 *              └────────┘   ┘
 */
export function recordGlobal(
  { recorder, tables }: PassContext,
  view: GlobalView,
  canvas: DeviceCanvas,
  place: OutputPlace,
  values: Normalisation,
): void {
  const { width, height } = view.canvas, scale = canvas.height / height;
  const { binding, base } = windowOf(place, 0, 3 * width * height);
  const table = tables.values(JSON.stringify(values), () => valueTable(values));
  const constants = {
    FORMAT: FORMAT[place.dtype],
    ODD_COLUMNS: canvas.width / width % 2,
    ODD_LINES: scale % 2,
    FUSED: Number(view.fused ?? false),
    FUSES: recorder.fuses,
  };
  const step = linesOfBand(canvas, scale, recorder.device.limits);
  for (let from = 0; from < height; from += step) {
    const to = Math.min(height, from + step);
    const lines = {
      from: Math.max(0, from * scale - REACH),
      to: Math.min(canvas.height, to * scale + REACH),
    };
    const uniform = GlobalParams.bytes({
      canvas: [canvas.width, canvas.height],
      size: [width, height],
      stride: canvas.stride,
      base,
      lineFrom: from,
      canvasFrom: lines.from,
    });
    const groups = [
      Math.ceil(width / (INVOCATIONS * perWord(place.dtype))),
      lengthOf({ from, to }),
      1,
    ] as const;
    recorder.dispatch("global", constants, uniform, [bindingOf(canvas, lines), table, binding], groups);
  }
}

/** Returns the lines of a global view that one dispatch makes, and whose canvas pixels one binding holds. */
function linesOfBand(
  { stride }: DeviceCanvas,
  scale: number,
  { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension }: GPUSupportedLimits,
): number {
  const held = Math.floor(maxStorageBufferBindingSize / (stride * 4));
  const bound = Math.max(1, Math.floor((held - 2 * REACH) / scale));
  return Math.min(maxComputeWorkgroupsPerDimension, bound);
}
