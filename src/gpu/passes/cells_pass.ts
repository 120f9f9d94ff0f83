import { lengthOf, type Range, type Size } from "../../plan/geometry.ts";
import { meanFactor } from "../../plan/tables/cells.ts";
import { INVOCATIONS } from "../device/kernels.ts";
import { type DeviceCanvas, spanOf } from "../device_canvas.ts";
import { bandsOf } from "./blocks.ts";
import type { Job, JobKernel } from "./jobs.ts";

/** The jobs of shaders/cells.wgsl. */
export const CELLS = {
  name: "cells",
  fields: [
    "source",
    "sourceWidth",
    "sourceHeight",
    "cellWidth",
    "cellHeight",
    "means",
    "columns",
    "lineCount",
    "wholeFactor",
    "rightFactor",
    "lowerFactor",
    "cornerFactor",
  ],
  addresses: { source: 1, means: 1 },
} as const satisfies JobKernel;

/**
 * Returns the jobs that put the means of a canvas's cells on another canvas: one, or a band of lines each
 * where a binding does not hold the canvas.
 * @throws {VitrailError} `limit` where a binding does not hold what one line of cells covers.
 */
export function cellsJobs(
  source: DeviceCanvas,
  cell: Size,
  means: DeviceCanvas,
  mostBound: number,
): Job<typeof CELLS>[] {
  const { width, height } = source;
  const right = width % cell.width || cell.width, lower = height % cell.height || cell.height;
  const linesOf = (canvas: DeviceCanvas, top: number, bottom: number) =>
    spanOf(canvas, { left: 0, top, right: canvas.width, bottom: Math.min(canvas.height, bottom) });
  const read = ({ from, to }: Range) => linesOf(source, from * cell.height, to * cell.height);
  return bandsOf(means.height, mostBound, (lines) => lengthOf(read(lines))).map((lines) => {
    const [from, to] = [read(lines), linesOf(means, lines.from, lines.to)], lineCount = lengthOf(lines);
    const fields = {
      source: from.from,
      sourceWidth: width,
      sourceHeight: height - lines.from * cell.height,
      cellWidth: cell.width,
      cellHeight: cell.height,
      means: to.from,
      columns: means.width,
      lineCount,
      wholeFactor: meanFactor(cell.width * cell.height),
      rightFactor: meanFactor(right * cell.height),
      lowerFactor: meanFactor(cell.width * lower),
      cornerFactor: meanFactor(right * lower),
    };
    return { fields, groups: Math.ceil(means.width / INVOCATIONS) * lineCount, spans: [from, to] };
  });
}
