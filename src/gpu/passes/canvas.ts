import type { Box, Size } from "../../plan/geometry.ts";
import { placementTaps, placementTorchTaps, visibleOf } from "../../plan/tables/placement_taps.ts";
import { valueTable } from "../../plan/tables/values.ts";
import type { CanvasView, GlobalView, Placement } from "../../plan/view.ts";
import { type Block, blocksOf, lengthOf } from "./blocks.ts";
import { groupTaps, groupWindows } from "./column_groups.ts";
import { FORMAT, perWord } from "./packed_elements.ts";
import { f32, params, u32 } from "../device/uniforms.ts";
import type { Recorder } from "../device/recorder.ts";
import { type Slot, slotWindow } from "./output_window.ts";
import { type Canvas, type Origin, originSize, sourceTexture } from "./source_texture.ts";
import { GROUP } from "./table_textures.ts";
import { bindingOf, LANES, recordFill, recordVertical, type Scene, type Surface } from "./vertical_pass.ts";

const ROWS = 4; // of an invocation of the horizontal kernel
const REACH = 2; // rows that a global view may sample beyond its own, above and below

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
  const tapsY = tables.taps(keyY, () => y);
  // Groups are the canvas's: their first column on it is a multiple of four.
  const offset = transposed ? placement.offset.y : placement.offset.x;
  const lead = (offset % GROUP + GROUP) % GROUP, windows = groupWindows(x, lead);
  const tapsX = tables.groupTaps(`${lead} ${keyX}`, () => groupTaps(windows, x, lead));
  const perPixel = float ? 4 : 1; // words of a row between the passes
  const { maxTextureDimension2D, maxStorageBufferBindingSize } = recorder.device.limits;
  const side = maxTextureDimension2D - (float ? 2 * GROUP : 0); // a float row holds what groups have beside the block
  const area = Math.floor(Math.min(scene.area, maxStorageBufferBindingSize / 8) / perPixel);
  const visible = working(visibleOf(placement, surface.view.canvas), transposed);
  for (const block of blocksOf(x, y, visible, { side, area })) {
    const rowCount = lengthOf(block.source.rows);
    const source = sourceTexture(recorder, origin, block, transposed);
    const from = Math.floor((lead + block.columns.from) / GROUP);
    const groupCount = Math.ceil((lead + block.columns.to) / GROUP) - from;
    const width = groupCount * perPixel; // texels a row
    const stride = Math.ceil(width / 16) * 16; // texels: copies take rows of multiples of 256 bytes
    const size = rowCount * stride * 16; // a pooled buffer may be larger, and more than a binding holds
    const rows = { buffer: recorder.buffer("storage", size), size };
    const words = [
      ...Array.from(source.toTexel, f32),
      ...[from, groupCount, block.source.rows.from, rowCount].map(u32),
      ...[windows.groups, windows.width, stride].map(u32),
    ];
    const groups = [Math.ceil(groupCount / LANES), Math.ceil(rowCount / ROWS), 1] as const;
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

/** The rows of a buffer, `stride` texels each, in a texture of `width` × `height` texels of four words. */
function texelsOf(
  recorder: Recorder,
  buffer: GPUBuffer,
  stride: number,
  width: number,
  height: number,
): GPUTexture {
  const texture = recorder.texture(width, height, "rgba32uint");
  const source = { buffer, bytesPerRow: stride * 16 };
  recorder.command((encoder) => encoder.copyBufferToTexture(source, { texture }, [width, height]));
  return texture;
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

/** Records a global view of a canvas on the device, in bands of rows whose samples one binding holds. */
export function recordGlobal(scene: Scene, view: GlobalView, canvas: Canvas, slot: Slot): void {
  const { width, height } = view.canvas;
  const { binding, base } = slotWindow(slot, 0, 3 * width * height);
  const { values } = scene.recipe;
  const table = scene.tables.values(JSON.stringify(values), () => valueTable(values));
  const constants = {
    FORMAT: FORMAT[slot.dtype],
    ODD_COLUMNS: canvas.width / width % 2,
    ODD_ROWS: canvas.height / height % 2,
  };
  const { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = scene.recorder.device.limits;
  const scale = canvas.height / height, held = Math.floor(maxStorageBufferBindingSize / (canvas.stride * 4));
  const step = Math.min(
    maxComputeWorkgroupsPerDimension,
    Math.max(1, Math.floor((held - 2 * REACH) / scale)),
  );
  for (let from = 0; from < height; from += step) {
    const to = Math.min(height, from + step);
    const rows = { from: Math.max(0, from * scale - REACH), to: Math.min(canvas.height, to * scale + REACH) };
    const words = [canvas.width, canvas.height, width, height, canvas.stride, base, from, rows.from].map(u32);
    const bindings = [bindingOf(canvas, rows), table, binding];
    scene.recorder.dispatch("global", constants, params(...words), bindings, [
      Math.ceil(width / (LANES * perWord(slot.dtype))),
      to - from,
      1,
    ]);
  }
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
