import { type Box, lengthOf } from "../../plan/geometry.ts";
import type { Rgb } from "../../plan/tables/values.ts";
import { type Fill, fillValues } from "../../plan/view.ts";
import { type DeviceCanvas, spanOf } from "../device_canvas.ts";
import { blocksOf } from "./blocks.ts";
import { type Job, type JobKernel, STRIP } from "./jobs.ts";

/** The jobs of shaders/fill.wgsl. */
export const FILL = {
  name: "fill",
  fields: ["canvas", "stepY", "columns", "lineCount", "word0", "word1", "word2"],
  addresses: { canvas: 1 },
} as const satisfies JobKernel;

/**
 * Returns the word of a canvas's fill: its colour, or 0 where it is no byte. The store finds such a fill's
 * element in its table, behind those of bytes.
 */
export function fillWord(fill: Fill): number {
  return fillValues(fill) ? 0 : colorWord(fill as Rgb);
}

/** Returns a colour as a canvas holds it. */
export function colorWord([red, green, blue]: Rgb): number {
  return (red | green << 8 | blue << 16 | 0xff << 24) >>> 0;
}

/**
 * Returns the jobs that fill a box of a canvas, each of which a binding holds.
 * @param pixel the words of a pixel: one, or three of a canvas of floats
 */
export function fillJobs(
  canvas: DeviceCanvas,
  box: Box,
  pixel: ArrayLike<number>,
  mostBound: number,
): Job<typeof FILL>[] {
  const [word0, word1 = word0, word2 = word0] = Array.from(pixel);
  return blocksOf(box, mostBound, (part) => lengthOf(spanOf(canvas, part))).map((part) => {
    const { left, top, right, bottom } = part, { width, pixelWords } = canvas, span = spanOf(canvas, part);
    const columns = (right - left) * pixelWords, lineCount = bottom - top;
    const fields = { canvas: span.from, stepY: width * pixelWords, columns, lineCount, word0, word1, word2 };
    return { fields, groups: Math.ceil(columns / STRIP) * lineCount, spans: [span] };
  });
}

/**
 * Returns the boxes of a canvas that a content leaves.
 *
 *     ┌───────────────┐
 *     │ above         │
 *     ├────┬─────┬────┤
 *     │left│     │    │ right
 *     ├────┴─────┴────┤
 *     │ below         │
 *     └───────────────┘
 */
export function around(content: Box, canvas: Box): Box[] {
  const { left, top, right, bottom } = content;
  return [
    { ...canvas, bottom: top },
    { ...canvas, top, bottom, right: left },
    { ...canvas, top, bottom, left: right },
    { ...canvas, top: bottom },
  ];
}
