import { lengthOf, type Size } from "../../plan/geometry.ts";
import { meanFactor } from "../../plan/tables/cells.ts";
import type { Recorder } from "../device/recorder.ts";
import { struct } from "../device/uniforms.ts";
import { INVOCATIONS } from "../invocations.ts";
import { bindingOf, type DeviceCanvas } from "../sources/source_texture.ts";

/** The uniform of shaders/cells.wgsl. */
export const CellsParams = struct({
  size: "vec2u",
  cell: "vec2u",
  columns: "u32",
  lineFrom: "u32",
  sourceStride: "u32",
  stride: "u32",
  factors: "vec4u",
});

/**
 * Records the means of a canvas's cells on another canvas, in bands: each is as many lines as one dispatch
 * makes, and as have their source's lines in one binding.
 */
export function recordCells(recorder: Recorder, source: DeviceCanvas, cell: Size, means: DeviceCanvas): void {
  const { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = recorder.device.limits;
  const held = Math.floor(maxStorageBufferBindingSize / (source.stride * 4 * cell.height));
  const step = Math.max(1, Math.min(held, maxComputeWorkgroupsPerDimension));
  const right = source.width % cell.width || cell.width, lower = source.height % cell.height || cell.height;
  const counts = [
    cell.width * cell.height,
    right * cell.height,
    cell.width * lower,
    right * lower,
  ];
  for (let from = 0; from < means.height; from += step) {
    const lines = { from, to: Math.min(means.height, from + step) };
    const read = {
      from: from * cell.height,
      to: Math.min(source.height, lines.to * cell.height),
    };
    const uniform = CellsParams.bytes({
      size: [source.width, source.height],
      cell: [cell.width, cell.height],
      columns: means.width,
      lineFrom: from,
      sourceStride: source.stride,
      stride: means.stride,
      factors: counts.map(meanFactor),
    });
    const groups = [Math.ceil(means.width / INVOCATIONS), lengthOf(lines), 1] as const;
    recorder.dispatch("cells", {}, uniform, [bindingOf(source, read), bindingOf(means, lines)], groups);
  }
}
