import { lengthOf, type Size } from "../../plan/geometry.ts";
import { meanFactor } from "../../plan/tables/cells.ts";
import type { Recorder } from "../device/recorder.ts";
import { struct } from "../device/uniforms.ts";
import { type DeviceCanvas, spanOf } from "../device_canvas.ts";
import { INVOCATIONS } from "../invocations.ts";
import { bindingOf, mostBound } from "./jobs.ts";

/** The uniform of shaders/cells.wgsl. */
export const CellsParams = struct({
  size: "vec2u",
  cell: "vec2u",
  columns: "u32",
  lineFrom: "u32",
  source: "u32",
  means: "u32",
  factors: "vec4u",
});

/**
 * Records the means of a canvas's cells on another canvas, in bands: each is as many lines as one dispatch
 * makes, and as have their source's lines in one binding.
 */
export function recordCells(recorder: Recorder, source: DeviceCanvas, cell: Size, means: DeviceCanvas): void {
  const { limits } = recorder.device;
  const held = Math.floor(mostBound(limits) / (source.width * cell.height));
  const step = Math.max(1, Math.min(held, limits.maxComputeWorkgroupsPerDimension));
  const right = source.width % cell.width || cell.width, lower = source.height % cell.height || cell.height;
  const counts = [
    cell.width * cell.height,
    right * cell.height,
    cell.width * lower,
    right * lower,
  ];
  for (let from = 0; from < means.height; from += step) {
    const lines = { from, to: Math.min(means.height, from + step) };
    const read = { from: from * cell.height, to: Math.min(source.height, lines.to * cell.height) };
    const [input, output] = [linesOf(source, read), linesOf(means, lines)];
    const uniform = CellsParams.bytes({
      size: [source.width, source.height],
      cell: [cell.width, cell.height],
      columns: means.width,
      lineFrom: from,
      source: input.skipped,
      means: output.skipped,
      factors: counts.map(meanFactor),
    });
    const groups = [Math.ceil(means.width / INVOCATIONS), lengthOf(lines), 1] as const;
    recorder.dispatch("cells", {}, uniform, [input.binding, output.binding], groups);
  }
}

/** Returns some lines of a canvas as a binding, and the words of it before them. */
function linesOf(canvas: DeviceCanvas, { from, to }: { from: number; to: number }) {
  const span = spanOf(canvas, { left: 0, top: from, right: canvas.width, bottom: to });
  const binding = bindingOf(span);
  return { binding, skipped: span.from - binding.offset! / 4 };
}
