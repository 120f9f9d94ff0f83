import { lengthOf } from "../../plan/geometry.ts";
import { type Normalisation, valueTable } from "../../plan/tables/values.ts";
import type { GlobalView } from "../../plan/view.ts";
import { type DeviceCanvas, spanOf } from "../device_canvas.ts";
import { perWord } from "../element_words.ts";
import { INVOCATIONS } from "../invocations.ts";
import type { Tables } from "../device/tables.ts";
import { blocksOf } from "./blocks.ts";
import type { Job, JobKernel } from "./jobs.ts";
import type { OutputPlace } from "./store_pass.ts";

/** The jobs of shaders/global.wgsl. */
export const GLOBAL = {
  name: "global",
  fields: [
    "canvas",
    "canvasWidth",
    "canvasHeight",
    "width",
    "height",
    "lineFrom",
    "lineCount",
    "table",
    "values",
    "fuses",
  ],
} as const satisfies JobKernel;

/** The most lines of the canvas that a band of a global view weighs beyond its own, above and below. */
const REACH = 2;

/**
 * Returns the jobs that make a global view of a canvas: one, or a band of lines each where a binding does not
 * hold the canvas.
 *
 *     canvas   ┌────────┐ ┐
 *              │        │ ├ of band 0, with the lines that it reaches to
 *              ├────────┤ ┤ ┐
 *              │        │ ┘ ├ of band 1
 *              └────────┘   ┘
 */
export function globalJobs(
  tables: Tables,
  view: GlobalView,
  canvas: DeviceCanvas,
  { values, base, dtype }: OutputPlace,
  rule: Normalisation,
  most: number,
): Job<(typeof GLOBAL.fields)[number]>[] {
  const { width, height } = view.canvas, scale = canvas.height / height, per = perWord(dtype);
  const table = tables.place(`values ${JSON.stringify(rule)}`, () => valueTable(rule));
  const first = base / per, written = { buffer: values, from: first, to: first + 3 * width * height / per };
  const read = ({ top, bottom }: { top: number; bottom: number }) =>
    spanOf(canvas, {
      left: 0,
      top: Math.max(0, top * scale - REACH),
      right: canvas.width,
      bottom: Math.min(canvas.height, bottom * scale + REACH),
    });
  // A box one pixel wide, since bands are all that it may be cut into.
  const bands = blocksOf({ left: 0, top: 0, right: 1, bottom: height }, (band) => {
    const { from, to } = read(band);
    return to - from <= most;
  });
  return bands.map((band) => {
    const lines = { from: band.top, to: band.bottom };
    const fields = {
      canvas: canvas.span.from,
      canvasWidth: canvas.width,
      canvasHeight: canvas.height,
      width,
      height,
      lineFrom: lines.from,
      lineCount: lengthOf(lines),
      table,
      values: first,
      fuses: Number(view.fused ?? false),
    };
    const groups = Math.ceil(width / per / INVOCATIONS) * lengthOf(lines);
    return { fields, groups, spans: [read(band), written] };
  });
}
