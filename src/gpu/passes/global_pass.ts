import { VitrailError } from "../../errors.ts";
import { lengthOf, type Range } from "../../plan/geometry.ts";
import { type Normalisation, valueTable } from "../../plan/tables/values.ts";
import type { GlobalView } from "../../plan/view.ts";
import { type DeviceCanvas, spanOf } from "../device_canvas.ts";
import type { Tables } from "../device/tables.ts";
import { bandsOf } from "./blocks.ts";
import type { Span } from "./jobs.ts";
import { type Block, lineWords } from "./placement_blocks.ts";
import { type Weighed, weighedTable } from "./taps_words.ts";

/** The weights of four pixels of which the output lies in the middle: bicubic, a = −0.75. */
const WEIGHTS = [-3 / 32, 19 / 32, 19 / 32, -3 / 32] as const;

/** The pixels before the middle, and as many behind it, that are weighed. */
const REACH = 2;

/**
 * Returns the blocks that make floats `[3, height, width]` of a global view of a canvas: one, or bands of
 * lines where a binding does not hold the canvas. On an axis of odd scale an output is one pixel, so those
 * alone are read, and down such an axis no pass is left to do. On one of even scale it weighs four:
 *
 *     scale 3   │ · ● · │ · ● · │ …
 *     scale 6   │ · ● ● ● ● · │ …
 *     scale 2   ● │ ● ● │ ● …         which at this scale reach beyond its own
 *
 * At even scales of 6 and more, the pass across makes lines, too, that no output weighs.
 *
 * @param made where the floats go to
 * @throws {VitrailError} `limit` where a binding does not hold them, or what one line of them reads.
 */
export function globalBlocks(
  tables: Tables,
  view: GlobalView,
  canvas: DeviceCanvas,
  made: Span,
  rule: Normalisation,
  mostBound: number,
): Block[] {
  const { width, height } = view.canvas;
  if (lengthOf(made) > mostBound) {
    throw new VitrailError(
      "limit",
      `a binding of this device does not hold a global view of ${width}x${height}; use the simd executor`,
    );
  }
  const values = tables.wordOf(`values ${JSON.stringify(rule)}`, () => valueTable(rule));
  const x = axisOf(tables, canvas.width, width, view.fused),
    y = axisOf(tables, canvas.height, height, view.fused);
  const blockOf = (band: Range): Block => {
    const lines = y.read(band), top = y.start + lines.from * y.step;
    const box = { left: x.start, top, right: canvas.width, bottom: y.start + (lines.to - 1) * y.step + 1 };
    return {
      read: spanOf(canvas, box),
      byte: 0,
      sourceSteps: { x: x.step * 4, y: canvas.width * y.step * 4 },
      sourceLines: lines,
      columns: width,
      lineCount: lengthOf(band),
      x: x.taps(0),
      ...y.isOdd ? {} : { y: y.taps(band.from) },
      sums: { values },
      canvas: made,
      first: made.from + band.from * width,
      canvasSteps: { x: 1, y: width, channel: width * height },
    };
  };
  const wordsOf = (block: Block) => Math.max(lengthOf(block.read!), lineWords(block));
  return bandsOf(height, mostBound, (band) => wordsOf(blockOf(band))).map(blockOf);
}

/** Returns how an axis is read: from its pixel `start` on, in steps, and by which taps. */
function axisOf(tables: Tables, size: number, length: number, fused = false) {
  const scale = size / length, isOdd = scale % 2 === 1, tapsWidth = isOdd ? 1 : WEIGHTS.length;
  const order = fused ? [1, 0, 2, 3] : [0, 1, 2, 3]; // in which a sum takes its pixels
  const rounded = fused ? 1 : WEIGHTS.length;
  const weighedBy = (output: number): Weighed => {
    if (isOdd) return { taps: [[output, 1]], rounded };
    const first = output * scale + scale / 2 - REACH;
    const pixelOf = (k: number) => Math.min(size - 1, Math.max(0, first + k)); // beyond an edge its own
    return { taps: order.map((k) => [pixelOf(k), WEIGHTS[k]]), rounded };
  };
  const table = tables.wordOf(`global ${size} ${length} ${fused}`, () => {
    return weighedTable(Array.from({ length }, (_, output) => weighedBy(output)), tapsWidth);
  });
  return {
    isOdd,
    start: isOdd ? (scale - 1) / 2 : 0,
    step: isOdd ? scale : 1,
    taps: (from: number) => ({ taps: table + from * (2 + 2 * tapsWidth), tapsWidth }),
    read: ({ from, to }: Range): Range =>
      isOdd
        ? { from, to }
        : { from: Math.max(0, from * scale - REACH), to: Math.min(size, to * scale + REACH) },
  };
}
