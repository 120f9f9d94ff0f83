import { countOf } from "../layout/shape.ts";
import { type Box, sizeOf } from "../plan/geometry.ts";
import type { HostRows } from "../plan/output_rows.ts";
import { type Plan, valuesOf } from "../plan/plan.ts";
import type { Pictures } from "../plan/stored_picture.ts";
import { placementFloatTaps, placementTaps, visibleOf } from "../plan/tables/placement_taps.ts";
import { BLACK, byteTable, valueTable } from "../plan/tables/values.ts";
import {
  type CanvasView,
  fillValues,
  type GlobalView,
  type Mark,
  type Placement,
  targetLayout,
  type View,
} from "../plan/view.ts";
import { cellMeans } from "./cell_means.ts";
import { floatPlanes } from "./float_canvas.ts";
import { globalView } from "./global_view.ts";
import { flatRaster, paste, type Raster, uprightRaster } from "./raster.ts";
import { writeLines, writeRearranged } from "./rearrange.ts";
import { resample } from "./resample.ts";
import { resampleFloatsToBytes } from "./resample_floats.ts";
import { toDtype } from "./rounding.ts";
import { standardPlanes } from "./standard_planes.ts";

/**
 * Computes the rows of one image of a plan, in plain TypeScript. The rows of every other executor are
 * compared with these. An image's rows of an output follow one another.
 * @param pictures the stored pixels of each source picture that the image's views name
 */
export function referenceRows(plan: Plan, image: number, pictures: Pictures): HostRows[] {
  const [from, to] = plan.images[image].views;
  const sources = new Sources(pictures);
  for (let index = from; index < to; index++) {
    const view = plan.views[index];
    if (view.kind !== "canvas" || view.floats || view.standard) continue;
    sources.canvases.set(index, canvasOf(view, sources));
  }
  const outputs = new Map<string, OutputValues>();
  for (let index = from; index < to; index++) {
    const view = plan.views[index];
    if (!view.target) continue;
    const { output } = view.target;
    if (!outputs.has(output)) outputs.set(output, zerosOf(plan, output, plan.views.slice(from, to)));
    if (view.kind === "canvas" && view.standard) {
      writeStandard(view, sources, outputs.get(output)!);
      continue;
    }
    const canvas = view.kind === "canvas" && view.floats
      ? sources.raster(view.placements[0])
      : sources.canvases.get(view.kind === "global" ? view.view : index);
    writeView(plan, view, canvas, outputs.get(output)!);
  }
  return Array.from(outputs, ([output, { row, shape, values }]) => {
    const { dtype } = plan.outputs[output];
    const data = toDtype(values, dtype);
    return { output, dtype, row, shape, bytes: data.byteLength, data };
  });
}

/** The sources that views read: pictures, each made upright once, and the canvases of earlier views. */
class Sources {
  /** The canvases so far, by the index of their view. */
  readonly canvases = new Map<number, Raster>();
  readonly #upright = new Map<number, Raster>();

  constructor(readonly pictures: Pictures) {}

  /** Returns the pixels that a placement reads. */
  raster({ source }: Placement): Raster {
    if ("view" in source) return this.canvases.get(source.view)!;
    const known = this.#upright.get(source.picture);
    if (known) return known;
    const upright = uprightRaster(this.pictures.get(source.picture)!);
    this.#upright.set(source.picture, upright);
    return upright;
  }
}

/** One output's rows of one image. */
interface OutputValues {
  /** The first row. */
  row: number;
  /** `[rows, …]`. */
  shape: number[];
  /** The elements, zero where no view writes. */
  values: Float32Array;
}

/** Returns zeros for all rows of an output that the views of one image fill. */
function zerosOf(plan: Plan, output: string, views: readonly View[]): OutputValues {
  const targets = views.flatMap(({ target }) => target?.output === output ? [target] : []);
  const row = Math.min(...targets.map((target) => target.row));
  const end = Math.max(...targets.map((target) => target.row + target.rows));
  const shape = [end - row, ...plan.outputs[output].shape.slice(1)];
  return { row, shape, values: new Float32Array(countOf(shape)) };
}

/**
 * Writes a view's values into its rows; `canvas` is the view's own, the one that a global view reads, or the
 * picture that becomes floats.
 */
function writeView(
  plan: Plan,
  view: View,
  canvas: Raster | undefined,
  { row, shape, values }: OutputValues,
): void {
  if (view.kind === "blank") return;
  const target = view.target!;
  const offset = (target.row - row) * countOf(shape.slice(1));
  const layout = targetLayout(view.canvas, target);
  if (view.kind === "global") writeRearranged(globalPlanes(plan, view, canvas!), values, offset, layout);
  else if (view.floats) {
    const planes = floatPlanes(view, canvas!, valuesOf(plan, target.output));
    writeRearranged(planes, values, offset, layout);
  } else writeLines(canvasLines(plan, view, canvas!), values, offset, layout);
}

/** Writes a canvas of floats into its rows, and before each row its patch's place. */
function writeStandard(view: CanvasView, sources: Sources, { row, shape, values }: OutputValues): void {
  const { placements: [placement], canvas, standard } = view, target = view.target!;
  const { rows, places } = target, layout = targetLayout(canvas, target);
  const length = countOf(shape.slice(1)), start = (target.row - row) * length;
  writeRearranged(standardPlanes(sources.raster(placement), placement, standard!), values, start, layout);
  if (!places) return;
  for (let patch = 0; patch < rows; patch++) {
    values[start + patch * length] = Math.floor(patch / places) + 1;
    values[start + patch * length + 1] = patch % places + 1;
  }
}

/** Returns a view's canvas: the fill, the placements over it, and the marks over both. */
function canvasOf(view: CanvasView, sources: Sources): Raster {
  let canvas = flatRaster(view.canvas, "value" in view.fill ? BLACK : view.fill);
  for (const placement of view.placements) {
    const content = contentOf(sources.raster(placement), placement), { x, y } = placement.offset;
    const covers = x === 0 && y === 0 && content.width === canvas.width && content.height === canvas.height;
    if (covers) canvas = content; // a canvas may take a gigabyte
    else paste(canvas, content, x, y);
  }
  for (const mark of view.marks) draw(canvas, mark);
  return canvas;
}

/** Returns a placement's content, resampled to its size. */
function contentOf(source: Raster, placement: Placement): Raster {
  if (placement.cell) return cellMeans(source, placement.cell);
  if (placement.resampler !== "torch-cuda") {
    return resample(source, placementTaps(placement, source), placement.order);
  }
  return resampleFloatsToBytes(source, placementFloatTaps(placement, source), placement.order);
}

/** Draws a mark on a canvas. */
function draw(canvas: Raster, { box, color }: Mark): void {
  paste(canvas, flatRaster(sizeOf(box), color), box.left, box.top);
}

/**
 * Returns the function that gives line `index` of a canvas's values `[3, height, width]`. Each byte becomes
 * its value in a table; a fill that is a value goes around the content. Each line overwrites the last.
 */
function canvasLines(plan: Plan, view: CanvasView, canvas: Raster): (index: number) => Float32Array {
  const { width, height, data } = canvas;
  const { fill } = view;
  const { output } = view.target!;
  const bytes = plan.outputs[output].dtype === "u8";
  const table = bytes ? byteTable() : valueTable(valuesOf(plan, output));
  const around = fillValues(fill), covered = around && coveredBy(view);
  const line = new Float32Array(width);
  return (index) => {
    const channel = Math.floor(index / height), y = index % height;
    const values = table.subarray(channel * 256, channel * 256 + 256);
    const start = y * width * 3 + channel;
    for (let x = 0; x < width; x++) line[x] = values[data[start + x * 3]];
    if (covered) {
      for (let x = 0; x < width; x++) if (!covered[y * width + x]) line[x] = around[channel];
    }
    return line;
  };
}

/** Returns a mask `[height, width]` of a canvas: 1 where a placement or a mark covers it. */
function coveredBy({ canvas, placements, marks }: CanvasView): Uint8Array {
  const covered = new Uint8Array(canvas.width * canvas.height);
  const cover = ({ left, top, right, bottom }: Box, x: number, y: number) => {
    for (let down = y + top; down < y + bottom; down++) {
      covered.fill(1, down * canvas.width + x + left, down * canvas.width + x + right);
    }
  };
  for (const placement of placements) {
    cover(visibleOf(placement, canvas), placement.offset.x, placement.offset.y);
  }
  for (const { box } of marks) cover(box, 0, 0);
  return covered;
}

/** Returns a global view's values `[3, height, width]`. */
function globalPlanes(plan: Plan, view: GlobalView, canvas: Raster): Float32Array {
  return globalView(canvas, valueTable(valuesOf(plan, view.target.output)), view.canvas, view.fused);
}
