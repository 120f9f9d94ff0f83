import type { Box } from "../plan/geometry.ts";
import type { HostRows } from "../plan/output_rows.ts";
import type { Plan } from "../plan/plan.ts";
import type { Pictures } from "../plan/stored_picture.ts";
import { placementTaps, placementTorchTaps, visibleOf } from "../plan/tables/placement_taps.ts";
import { byteTable, valueTable } from "../plan/tables/values.ts";
import {
  type CanvasView,
  type GlobalView,
  type Mark,
  type Placement,
  targetLayout,
  type View,
} from "../plan/view.ts";
import { globalView } from "./global_view.ts";
import { flatRaster, paste, type Raster, uprightRaster } from "./raster.ts";
import { place, placeLines } from "./rearrange.ts";
import { resample } from "./resample.ts";
import { resampleFloats, roundedRaster } from "./resample_floats.ts";
import { toDtype } from "./rounding.ts";

/**
 * Runs the views of one planned image in plain TypeScript. Every other executor is held against its rows, which follow one
 * another in each output.
 * @param pictures the stored pixels of each source picture that the views name
 */
export function referenceRows(
  plan: Plan,
  image: number,
  pictures: Pictures,
): HostRows[] {
  const [from, to] = plan.images[image].views;
  const sources = new Sources(pictures);
  for (let index = from; index < to; index++) {
    const view = plan.views[index];
    if (view.kind === "canvas") sources.canvases.set(index, canvasOf(view, sources));
  }
  const outputs = new Map<string, Values>();
  for (let index = from; index < to; index++) {
    const view = plan.views[index];
    if (!view.target) continue;
    const { output } = view.target;
    if (!outputs.has(output)) outputs.set(output, valuesOf(plan, output, plan.views.slice(from, to)));
    fill(plan, view, sources.canvases.get(view.kind === "global" ? view.view : index), outputs.get(output)!);
  }
  return Array.from(outputs, ([output, { row, shape, values }]) => {
    const { dtype } = plan.outputs[output], data = toDtype(values, dtype);
    return { output, dtype, row, shape, bytes: data.byteLength, data };
  });
}

/** What views read: pictures, each made upright once, and the canvases of earlier views. */
class Sources {
  readonly canvases = new Map<number, Raster>();
  readonly #upright = new Map<number, Raster>();

  constructor(readonly pictures: Pictures) {}

  raster({ source }: Placement): Raster {
    if ("view" in source) return this.canvases.get(source.view)!;
    const known = this.#upright.get(source.picture) ?? uprightRaster(this.pictures.get(source.picture)!);
    this.#upright.set(source.picture, known);
    return known;
  }
}

/** One output's rows of one image, zero where no view writes. */
interface Values {
  row: number;
  shape: number[];
  values: Float32Array;
}

function valuesOf(plan: Plan, output: string, views: readonly View[]): Values {
  const targets = views.flatMap(({ target }) => target?.output === output ? [target] : []);
  const row = Math.min(...targets.map((target) => target.row));
  const end = Math.max(...targets.map((target) => target.row + target.rows));
  const shape = [end - row, ...plan.outputs[output].shape.slice(1)];
  return { row, shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
}

function fill(plan: Plan, view: View, canvas: Raster | undefined, { row, shape, values }: Values): void {
  if (view.kind === "blank") return;
  const target = view.target!;
  const base = (target.row - row) * shape.slice(1).reduce((a, b) => a * b, 1);
  const layout = targetLayout(view.canvas, target);
  if (view.kind === "global") place(globalPlanes(plan, view, canvas!), values, base, layout);
  else placeLines(canvasLines(plan, view, canvas!), values, base, layout);
}

function canvasOf(view: CanvasView, sources: Sources): Raster {
  const canvas = flatRaster(view.canvas, "value" in view.fill ? [0, 0, 0] : view.fill);
  for (const placement of view.placements) {
    const raster = sources.raster(placement);
    paste(canvas, contentOf(raster, placement), placement.offset.x, placement.offset.y);
  }
  for (const mark of view.marks) draw(canvas, mark);
  return canvas;
}

function contentOf(source: Raster, placement: Placement): Raster {
  if (placement.resampler !== "torch") {
    return resample(source, placementTaps(placement, source), placement.order);
  }
  return roundedRaster(resampleFloats(source, placementTorchTaps(placement, source), placement.order));
}

function draw(canvas: Raster, { box, color }: Mark): void {
  const size = { width: box.right - box.left, height: box.bottom - box.top };
  paste(canvas, flatRaster(size, color), box.left, box.top);
}

/**
 * The lines of a canvas's values `[3, h, w]`, each until the next is asked for: bytes by table, and where the fill is a
 * value, that value around the content.
 */
function canvasLines(plan: Plan, view: CanvasView, canvas: Raster): (index: number) => Float32Array {
  const { width, height, data } = canvas, { fill } = view;
  const { dtype } = plan.outputs[view.target!.output];
  const table = dtype === "u8" ? byteTable() : valueTable(plan.recipe.values);
  const covered = "value" in fill ? coveredBy(view) : undefined;
  const line = new Float32Array(width);
  return (index) => {
    const channel = Math.floor(index / height), y = index % height;
    const values = table.subarray(channel * 256, channel * 256 + 256);
    for (let x = 0, at = y * width * 3 + channel; x < width; x++, at += 3) line[x] = values[data[at]];
    if (covered && "value" in fill) {
      for (let x = 0; x < width; x++) if (!covered[y * width + x]) line[x] = fill.value;
    }
    return line;
  };
}

/** `[height · width]`: 1 where a placement or a mark covers the canvas. */
function coveredBy({ canvas, placements, marks }: CanvasView): Uint8Array {
  const covered = new Uint8Array(canvas.width * canvas.height);
  const cover = ({ left, top, right, bottom }: Box, x: number, y: number) => {
    for (let row = y + top; row < y + bottom; row++) {
      covered.fill(1, row * canvas.width + x + left, row * canvas.width + x + right);
    }
  };
  for (const placement of placements) {
    cover(visibleOf(placement, canvas), placement.offset.x, placement.offset.y);
  }
  for (const { box } of marks) cover(box, 0, 0);
  return covered;
}

function globalPlanes(plan: Plan, view: GlobalView, canvas: Raster): Float32Array {
  return globalView(canvas, valueTable(plan.recipe.values), view.canvas);
}
