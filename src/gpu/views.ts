import type { Layout } from "../layout/mod.ts";
import type { Box, Size } from "../plan/geometry.ts";
import { placementTaps, placementTorchTaps, visibleOf } from "../plan/placed.ts";
import { targetLayout } from "../plan/target.ts";
import { byteTable, valueTable } from "../plan/values.ts";
import type { Dtype } from "../plan/plan.ts";
import type { CanvasView, Fill, GlobalView, Placement } from "../plan/view.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { type Block, blocksOf, lengthOf } from "./blocks.ts";
import { f32, i32, params, u32 } from "./params.ts";
import type { Recorder } from "./recorder.ts";
import { type Canvas, type Origin, originSize, sourceTexture } from "./source.ts";
import { type Slot, type SlotWindow, slotWindow, windowsOf } from "./slot.ts";
import { elementsOf, fillsWords, FORMAT, perWord } from "./elements.ts";
import { GROUP, type Tables } from "./tables.ts";

const LANES = 64, ROWS = 8; // as the shaders have them

/** What recording a view needs besides the view. */
export interface Scene {
  recorder: Recorder;
  tables: Tables;
  recipe: Recipe;
  /** Pixels of a source texture, at most. */
  area: number;
}

/** A canvas view's surfaces: where it is stored, and where it is cut into rows. */
interface Surface {
  view: CanvasView;
  keep?: Canvas;
  slot?: Slot;
  raw: boolean;
}

/** Records a canvas view: fill, each placement's two passes, marks. */
export function recordCanvas(scene: Scene, surface: Surface, origin: (placement: Placement) => Origin): void {
  const { placements, canvas, marks, fill } = surface.view;
  const whole = { left: 0, top: 0, right: canvas.width, bottom: canvas.height };
  // A placement alone writes the fill around it, too, unless it lies off the canvas.
  const filled = placements.length === 1 && isVisible(placements[0], canvas);
  if (!filled) recordFill(scene, surface, whole, fill);
  for (const placement of placements) recordPlacement(scene, surface, placement, origin(placement));
  for (const mark of marks) recordFill(scene, surface, mark.box, mark.color);
}

function isVisible(placement: Placement, canvas: Size): boolean {
  const { left, top, right, bottom } = visibleOf(placement, canvas);
  return left < right && top < bottom;
}

function recordPlacement(scene: Scene, surface: Surface, placement: Placement, origin: Origin): void {
  const { recorder, tables } = scene;
  const size = originSize(origin);
  const transposed = placement.order === "vertical-first";
  const float = placement.arithmetic === "torch";
  const upright = float ? placementTorchTaps(placement, size) : placementTaps(placement, size);
  const [x, y] = transposed ? [upright.y, upright.x] : [upright.x, upright.y];
  const keyX = tapsKey(placement, size, transposed ? "y" : "x");
  const keyY = tapsKey(placement, size, transposed ? "x" : "y");
  const tapsX = tables.taps(keyX, () => x), tapsY = tables.taps(keyY, () => y);
  const perPixel = float ? 4 : 1; // words of a row between the passes
  const { maxTextureDimension2D: side, maxStorageBufferBindingSize } = recorder.device.limits;
  const area = Math.floor(Math.min(scene.area, maxStorageBufferBindingSize / 8) / perPixel);
  const visible = working(visibleOf(placement, surface.view.canvas), transposed);
  for (const block of blocksOf(x, y, visible, { side, area })) {
    const columnCount = lengthOf(block.columns), rowCount = lengthOf(block.source.rows);
    const source = sourceTexture(recorder, origin, block, transposed);
    const shift = float ? 0 : firstColumn(placement, block, transposed) % GROUP; // texels are groups of the canvas
    const width = Math.ceil((shift + columnCount) * perPixel / GROUP); // texels a row
    const stride = Math.ceil(width / 16) * 64; // words: copies take rows of multiples of 256 bytes
    const size = rowCount * stride * 4; // a pooled buffer may be larger, and more than a binding holds
    const rows = { buffer: recorder.buffer("storage", size), size };
    const words = [
      ...Array.from(source.toTexel, f32),
      ...[block.columns.from, columnCount, block.source.rows.from, rowCount].map(u32),
      ...[x.length, x.width, stride, shift].map(u32),
    ];
    const groups = [Math.ceil(columnCount / LANES), Math.ceil(rowCount / ROWS), 1] as const;
    recorder.dispatch("horizontal", { FLOAT: Number(float) }, params(...words), [
      source.texture,
      tapsX,
      rows,
    ], groups);
    const region = regionOf(surface.view, placement, block, transposed, visible);
    recordVertical(scene, surface, {
      region,
      block,
      placement,
      transposed,
      float,
      rows: texelsOf(recorder, rows.buffer, stride, width, rowCount),
      taps: tapsY,
      fill: surface.view.fill,
      length: y.length,
      width: y.width,
    });
    recorder.breathe();
  }
}

/** Where a block's first column lies on the canvas; both in the working frame. */
function firstColumn({ offset }: Placement, { columns }: Block, transposed: boolean): number {
  return (transposed ? offset.y : offset.x) + columns.from;
}

/** The rows of a buffer, `stride` words each, in a texture of `width` × `height` texels of four words. */
function texelsOf(
  recorder: Recorder,
  buffer: GPUBuffer,
  stride: number,
  width: number,
  height: number,
): GPUTexture {
  const texture = recorder.texture(width, height, "rgba32uint");
  const source = { buffer, bytesPerRow: stride * 4 };
  recorder.command((encoder) => encoder.copyBufferToTexture(source, { texture }, [width, height]));
  return texture;
}

/** One dispatch of the vertical kernel. */
interface VerticalPass {
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

function recordVertical(scene: Scene, surface: Surface, pass: VerticalPass): void {
  const { view: { canvas, target }, slot } = surface;
  const layout = target && targetLayout(canvas, target);
  if (!layout || !slot) return recordRegion(scene, surface, pass);
  const limit = scene.recorder.device.limits.maxStorageBufferBindingSize;
  for (const { region, window } of windowsOf(layout, slot, pass.region, pass.transposed, limit)) {
    recordRegion(scene, surface, { ...pass, region }, layout, window);
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
  const dtype = slot?.dtype ?? "f32", per = perWord(dtype);
  const places = layout
    ? tables.places(
      `${view.target!.pattern} ${JSON.stringify(view.target!.sizes)} ${layout.inputShape} ${layout.repeats}`,
      layout,
    )
    : tables.noPlaces();
  const words = [
    ...[left, top, right - left, bottom - top].map(i32),
    ...[...layout?.offsets[0] ?? [0, 0, 0], "value" in fill ? 0 : fill[0] | fill[1] << 8 | fill[2] << 16].map(
      u32,
    ),
    ...[start, transposed ? offset.x : offset.y, block ? lengthOf(block.columns) : 0].map(i32),
    i32(Math.floor(start / GROUP)),
    ...[block?.rows.from ?? 0, block?.rows.to ?? 0, block?.source.rows.from ?? 0].map(i32),
    ...[pass.length, pass.width, keep?.stride ?? 0].map(u32),
    u32((window?.base ?? 0) + (layout?.repeats[0] ?? 0)),
    ...[places.down, places.repeat].map(u32),
    u32("value" in fill ? elementsOf(Float32Array.of(fill.value), dtype)[0] : 0),
  ];
  const bindings = [
    pass.rows,
    pass.taps,
    byteElements(tables, recipe, surface.raw, dtype),
    places.texture,
    window?.binding ?? recorder.buffer("storage", 4),
    keep ? bindingOf(keep) : recorder.buffer("storage", 4),
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
  const byFours = layout && slot && per === 1 && slot.base % GROUP === 0 && fillsWords(layout, GROUP);
  recorder.dispatch(byFours ? "vertical:quads" : "vertical", constants, params(...words), bindings, groups);
}

/** Records one colour over a box of the canvas. */
function recordFill(scene: Scene, surface: Surface, region: Box, fill: Fill): void {
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

/** A box in the working frame, in which a picture whose vertical pass comes first is transposed. */
function working({ left, top, right, bottom }: Box, transposed: boolean): Box {
  return transposed ? { left: top, top: left, right: bottom, bottom: right } : { left, top, right, bottom };
}

/** The canvas pixels that a block writes: its content, and at the edges of what is visible the fill beside it. */
function regionOf(
  view: CanvasView,
  placement: Placement,
  { columns, rows }: Block,
  transposed: boolean,
  visible: Box,
): Box {
  const { canvas } = view, { offset } = placement;
  const [offsetX, offsetY] = transposed ? [offset.y, offset.x] : [offset.x, offset.y];
  const [width, height] = transposed ? [canvas.height, canvas.width] : [canvas.width, canvas.height];
  const alone = view.placements.length === 1;
  return {
    left: alone && columns.from === visible.left ? 0 : offsetX + columns.from,
    top: alone && rows.from === visible.top ? 0 : offsetY + rows.from,
    right: alone && columns.to === visible.right ? width : offsetX + columns.to,
    bottom: alone && rows.to === visible.bottom ? height : offsetY + rows.to,
  };
}

/** Records a global view of a canvas on the device. */
export function recordGlobal(scene: Scene, view: GlobalView, canvas: Canvas, slot: Slot): void {
  const { width, height } = view.canvas;
  const { binding, base } = slotWindow(slot, 0, 3 * width * height);
  const words = [canvas.width, canvas.height, width, height, canvas.stride, base].map(u32);
  const { values } = scene.recipe;
  const table = scene.tables.values(JSON.stringify(values), () => valueTable(values));
  const bindings = [bindingOf(canvas), table, binding];
  const constants = {
    FORMAT: FORMAT[slot.dtype],
    ODD_COLUMNS: canvas.width / width % 2,
    ODD_ROWS: canvas.height / height % 2,
  };
  scene.recorder.dispatch("global", constants, params(...words), bindings, [
    Math.ceil(width / (LANES * perWord(slot.dtype))),
    height,
    1,
  ]);
}

/** A canvas's words: its buffer comes from the pool, and may be larger. */
function bindingOf({ buffer, stride, height }: Canvas): GPUBufferBinding {
  return { buffer, size: stride * height * 4 };
}

function byteElements(tables: Tables, { values }: Recipe, raw: boolean, dtype: Dtype): GPUTexture {
  const key = `${dtype} ${raw ? "bytes" : JSON.stringify(values)}`;
  return tables.elements(key, () => elementsOf(raw ? byteTable() : valueTable(values), dtype));
}

function tapsKey(
  { arithmetic = "pillow", filter, crop, cut, content }: Placement,
  size: Size,
  axis: "x" | "y",
): string {
  return axis === "x"
    ? `${arithmetic} ${filter} ${size.width} ${cut?.left} ${cut?.right} ${crop.left} ${crop.right} ${content.width}`
    : `${arithmetic} ${filter} ${size.height} ${cut?.top} ${cut?.bottom} ${crop.top} ${crop.bottom} ${content.height}`;
}
