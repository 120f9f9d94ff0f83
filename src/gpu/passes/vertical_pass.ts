import type { Layout } from "../../layout/layout.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { Box } from "../../plan/geometry.ts";
import type { Preprocessing } from "../../plan/preprocessing.ts";
import { byteTable, valueTable } from "../../plan/tables/values.ts";
import { type CanvasView, type Fill, type Placement, targetLayout } from "../../plan/view.ts";
import type { Recorder } from "../device/recorder.ts";
import { i32, params, u32 } from "../device/uniforms.ts";
import { type Block, lengthOf, type Run } from "./blocks.ts";
import { type Slot, type SlotWindow, windowsOf } from "./output_window.ts";
import { elementsOf, perWord, runOf } from "./packed_elements.ts";
import type { Canvas } from "./source_texture.ts";
import { GROUP, type Tables } from "./table_textures.ts";

/** Invocations of a workgroup, along columns, as the shaders have it. */
export const LANES = 64;

/** What recording a view needs besides the view. */
export interface Scene {
  recorder: Recorder;
  tables: Tables;
  recipe: Preprocessing;
  /** Pixels of a source texture, at most. */
  area: number;
}

/** A canvas view's surfaces: where it is stored, and where it is cut into rows. */
export interface Surface {
  view: CanvasView;
  keep?: Canvas;
  slot?: Slot;
  raw: boolean;
}

/** What the vertical kernel makes of a region. */
export interface VerticalPass {
  /** Canvas pixels to write, in the working frame. */
  region: Box;
  block?: Block;
  placement?: Placement;
  transposed: boolean;
  /** Whether `rows` and the weights are floats. */
  float: boolean;
  rows: GPUTexture;
  taps: GPUTexture;
  fill: Fill;
  length: number;
  width: number;
}

/** Records the vertical pass over a region, in as many dispatches as what it writes needs bindings. */
export function recordVertical(scene: Scene, surface: Surface, pass: VerticalPass): void {
  const { view: { canvas, target }, slot } = surface;
  const layout = target && targetLayout(canvas, target);
  const { limits } = scene.recorder.device;
  for (const band of bandsOf(pass, surface.keep, limits)) {
    if (!layout || !slot) {
      recordRegion(scene, surface, { ...pass, region: band });
      continue;
    }
    const limit = limits.maxStorageBufferBindingSize;
    for (const { region, window } of windowsOf(layout, slot, band, pass.transposed, limit)) {
      recordRegion(scene, surface, { ...pass, region }, layout, window);
    }
  }
}

/** A pass's region in bands: as many rows as a dispatch has, and as many of the kept canvas as one binding holds. */
function* bandsOf(
  { region, transposed }: VerticalPass,
  keep: Canvas | undefined,
  { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension }: GPUSupportedLimits,
): Generator<Box> {
  const kept = keep ? Math.floor(maxStorageBufferBindingSize / (keep.stride * 4)) : Infinity;
  const [wide, high] = transposed
    ? [Math.max(GROUP, Math.floor(kept / GROUP) * GROUP), (maxComputeWorkgroupsPerDimension - 1) * GROUP]
    : [Infinity, Math.min(kept, maxComputeWorkgroupsPerDimension)];
  const { left, top, right, bottom } = region;
  for (let y = top; y < bottom; y += high) {
    for (let x = left; x < right; x += wide) {
      yield { left: x, top: y, right: Math.min(right, x + wide), bottom: Math.min(bottom, y + high) };
    }
  }
}

function recordRegion(
  scene: Scene,
  surface: Surface,
  pass: VerticalPass,
  layout?: Layout,
  window?: SlotWindow,
): void {
  const { recorder, tables, recipe } = scene;
  const { view, keep, slot } = surface;
  const { region, block, placement, transposed, fill } = pass;
  const { left, top, right, bottom } = region;
  const offset = placement?.offset ?? { x: 0, y: 0 };
  const start = placement && block ? firstColumn(placement, block, transposed) : 0;
  const kept = transposed ? { from: left, to: right } : { from: top, to: bottom };
  const dtype = slot?.dtype ?? "f32", per = perWord(dtype);
  const places = layout
    ? tables.places(
      `${view.target!.pattern} ${JSON.stringify(view.target!.sizes)} ${layout.inputShape} ${layout.repeats}`,
      layout,
    )
    : tables.noPlaces();
  const fields = [
    ...[left, top, right - left, bottom - top].map(i32),
    ...[...layout?.offsets[0] ?? [0, 0, 0], "value" in fill ? 0 : fill[0] | fill[1] << 8 | fill[2] << 16].map(
      u32,
    ),
    ...[start, transposed ? offset.x : offset.y].map(i32),
    ...[block ? lengthOf(block.columns) : 0, block?.source.rows.from ?? 0].map(i32),
    ...[block?.rows.from ?? 0, block?.rows.to ?? 0].map(i32),
    ...[pass.length, pass.width, keep?.stride ?? 0].map(u32),
    u32((window?.base ?? 0) + (layout?.repeats[0] ?? 0)),
    ...[places.down, places.repeat].map(u32),
    u32("value" in fill ? elementsOf(Float32Array.of(fill.value), dtype)[0] : 0),
    u32(kept.from),
  ];
  const bindings = [
    pass.rows,
    pass.taps,
    byteElements(tables, recipe, surface.raw, dtype),
    places.texture,
    window?.binding ?? recorder.buffer("storage", 4),
    keep ? bindingOf(keep, kept) : recorder.buffer("storage", 4),
  ];
  const constants = {
    CUT: Number(window !== undefined),
    TURNED: Number(transposed),
    VALUED: Number("value" in fill),
    REPEATS: layout?.repeats.length ?? 1,
    KEEP: Number(keep !== undefined),
    FLOAT: Number(pass.float),
    PER: per,
    PARTIAL: Number((transposed ? [top, bottom] : [left, right]).some((edge) => edge % GROUP !== 0)),
  };
  const deep = transposed ? GROUP : 1; // rows an invocation
  const across = Math.ceil(right / GROUP) - Math.floor(left / GROUP);
  const down = Math.ceil(bottom / deep) - Math.floor(top / deep);
  const groups = [Math.ceil(across / LANES), down, 1] as const;
  const run = layout && slot ? runOf(layout, slot.base, dtype) : 1;
  recorder.dispatch(`verticalBy${run}`, constants, params(...fields), bindings, groups);
}

/** Records one colour over a box of the canvas. */
export function recordFill(scene: Scene, surface: Surface, region: Box, fill: Fill): void {
  const rows = scene.recorder.texture(1, 1, "rgba32uint"), taps = scene.tables.noTaps();
  recordVertical(scene, surface, {
    region,
    transposed: false,
    float: false,
    rows,
    taps,
    fill,
    length: 0,
    width: 0,
  });
}

/** Where a block's first column lies on the canvas; both in the working frame. */
function firstColumn({ offset }: Placement, { columns }: Block, transposed: boolean): number {
  return (transposed ? offset.y : offset.x) + columns.from;
}

function byteElements(tables: Tables, { values }: Preprocessing, raw: boolean, dtype: Dtype): GPUTexture {
  const key = `${dtype} ${raw ? "bytes" : JSON.stringify(values)}`;
  return tables.elements(key, () => elementsOf(raw ? byteTable() : valueTable(values), dtype));
}

/** The words of some of a canvas's rows. */
export function bindingOf({ buffer, stride }: Canvas, rows: Run): GPUBufferBinding {
  return { buffer, offset: rows.from * stride * 4, size: lengthOf(rows) * stride * 4 };
}
