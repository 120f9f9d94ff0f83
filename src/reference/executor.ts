import { resolveLayout } from "../layout/mod.ts";
import { parsePattern } from "../layout/mod.ts";
import { placementTaps } from "../plan/placed.ts";
import type { StoredPicture } from "../plan/picture.ts";
import type { Plan } from "../plan/plan.ts";
import { byteTable, normalTable } from "../plan/values.ts";
import type { CanvasView, GlobalView, Mark, Target } from "../plan/view.ts";
import { toDtype } from "./dtype.ts";
import { globalView } from "./global.ts";
import { flatRaster, paste, type Raster, uprightRaster } from "./raster.ts";
import { place } from "./rearrange.ts";
import { resample } from "./resample.ts";

/** A run of rows of one output tensor, as little-endian bytes of its dtype. */
export interface Rows {
  output: string;
  row: number;
  /** `[rows, …]` of the output. */
  shape: number[];
  bytes: Uint8Array;
}

/**
 * Runs the views of one planned image, in plain TypeScript: what the GPU is held against.
 * `pictures` holds the stored pixels of each source picture that those views name.
 */
export function referenceRows(
  plan: Plan,
  image: number,
  pictures: ReadonlyMap<number, StoredPicture>,
): Rows[] {
  const [from, to] = plan.images[image].views;
  const canvases = new Map<number, Raster>();
  for (let index = from; index < to; index++) {
    const view = plan.views[index];
    if (view.kind === "canvas") canvases.set(index, canvasOf(view, canvases, pictures));
  }
  const rows: Rows[] = [];
  for (let index = from; index < to; index++) {
    const view = plan.views[index];
    if (view.kind === "global") rows.push(globalRows(plan, view, canvases.get(view.view)!));
    else if (view.target) rows.push(canvasRows(plan, canvases.get(index)!, view.target));
  }
  return rows;
}

function canvasOf(
  view: CanvasView,
  canvases: ReadonlyMap<number, Raster>,
  pictures: ReadonlyMap<number, StoredPicture>,
): Raster {
  const canvas = flatRaster(view.canvas, view.fill);
  for (const placement of view.placements) {
    const { source } = placement;
    const raster = "view" in source
      ? canvases.get(source.view)!
      : uprightRaster(pictures.get(source.picture)!);
    const content = resample(raster, placementTaps(placement, raster), placement.order);
    paste(canvas, content, placement.offset.x, placement.offset.y);
  }
  for (const mark of view.marks) draw(canvas, mark);
  return canvas;
}

function draw(canvas: Raster, { box, color }: Mark): void {
  const size = { width: box.right - box.left, height: box.bottom - box.top };
  paste(canvas, flatRaster(size, color), box.left, box.top);
}

function canvasRows(plan: Plan, canvas: Raster, target: Target): Rows {
  const { dtype } = plan.outputs[target.output];
  const { mean, std } = plan.recipe;
  const table = dtype === "u8" ? byteTable() : normalTable(mean, std);
  const { width, height, data } = canvas;
  const planes = new Float32Array(3 * width * height); // [3, h, w]
  for (let channel = 0, at = 0; channel < 3; channel++) {
    for (let i = channel; i < data.length; i += 3) planes[at++] = table[channel * 256 + data[i]];
  }
  return targetRows(plan, planes, [3, height, width], target);
}

function globalRows(plan: Plan, view: GlobalView, canvas: Raster): Rows {
  const values = globalView(canvas, normalTable(plan.recipe.mean, plan.recipe.std), view.canvas);
  return targetRows(plan, values, [3, view.canvas.height, view.canvas.width], view.target);
}

function targetRows(plan: Plan, planes: Float32Array, shape: number[], target: Target): Rows {
  const layout = resolveLayout(parsePattern(target.pattern), shape, target.sizes);
  const values = new Float32Array(layout.outputShape.reduce((a, b) => a * b, 1));
  place(planes, values, 0, layout);
  const { output, row } = target;
  const bytes = toDtype(values, plan.outputs[output].dtype);
  return { output, row, shape: [...layout.outputShape], bytes };
}
