import type { Box, Size } from "../../plan/geometry.ts";
import { placementTaps, placementTorchTaps, visibleOf } from "../../plan/tables/placement_taps.ts";
import type { CanvasView, Placement } from "../../plan/view.ts";
import { GROUP } from "../lanes.ts";
import { type Block, type BlockLimits, blocksOf } from "./blocks.ts";
import { groupTaps, groupWindows } from "./column_groups.ts";
import { recordHorizontal } from "./horizontal_pass.ts";
import type { PassContext } from "./pass_context.ts";
import { type Origin, originSize, sourceTexture } from "./source_texture.ts";
import { type CanvasTarget, recordFill, recordVertical } from "./vertical_pass.ts";

/** Records a canvas view: its fill, the two passes of each placement, its marks. */
export function recordCanvas(
  context: PassContext,
  target: CanvasTarget,
  originOf: (placement: Placement) => Origin,
): void {
  const { placements, canvas, marks, fill } = target.view;
  const whole = { left: 0, top: 0, right: canvas.width, bottom: canvas.height };
  // A placement alone writes the fill around it, too, unless it lies off the canvas.
  const filled = placements.length === 1 && isVisible(placements[0], canvas);
  if (!filled) recordFill(context, target, whole, fill);
  for (const placement of placements) recordPlacement(context, target, placement, originOf(placement));
  for (const mark of marks) recordFill(context, target, mark.box, mark.color);
}

function isVisible(placement: Placement, canvas: Size): boolean {
  const { left, top, right, bottom } = visibleOf(placement, canvas);
  return left < right && top < bottom;
}

function recordPlacement(
  context: PassContext,
  target: CanvasTarget,
  placement: Placement,
  origin: Origin,
): void {
  const { recorder, tables } = context;
  const size = originSize(origin);
  const transposed = placement.order === "vertical-first";
  const float = placement.resampler === "torch";
  const upright = float ? placementTorchTaps(placement, size) : placementTaps(placement, size);
  const [x, y] = transposed ? [upright.y, upright.x] : [upright.x, upright.y];
  const keyX = tapsKey(placement, size, transposed ? "y" : "x");
  const tapsY = tables.taps(tapsKey(placement, size, transposed ? "x" : "y"), () => y);
  const lead = leadOf(placement, transposed), windows = groupWindows(x, lead);
  const tapsX = tables.groupTaps(`${lead} ${keyX}`, () => groupTaps(windows, x, lead));
  const visible = working(visibleOf(placement, target.view.canvas), transposed);
  for (const block of blocksOf(x, y, visible, blockLimits(context, float))) {
    const source = sourceTexture(recorder, origin, block, transposed);
    const rows = recordHorizontal(recorder, { block, source, lead, windows, taps: tapsX, float });
    recordVertical(context, target, {
      region: regionOf(target.view, placement, block, transposed, visible),
      block,
      placement,
      transposed,
      float,
      rows,
      taps: tapsY,
      tapsLength: y.length,
      tapsWidth: y.width,
      fill: target.view.fill,
    });
    recorder.submitIfLarge();
  }
}

/** Content columns that the canvas's first group of four lacks: groups begin at multiples of four on the canvas. */
function leadOf({ offset }: Placement, transposed: boolean): number {
  const first = transposed ? offset.y : offset.x;
  return (first % GROUP + GROUP) % GROUP;
}

/** What a block's textures may be: rows of floats take a texel a pixel, and groups reach beyond the block. */
function blockLimits({ recorder, area }: PassContext, float: boolean): BlockLimits {
  const { maxTextureDimension2D, maxStorageBufferBindingSize } = recorder.device.limits;
  const words = float ? GROUP : 1; // a pixel between the passes
  return {
    side: maxTextureDimension2D - (float ? 2 * GROUP : 0),
    area: Math.floor(Math.min(area, maxStorageBufferBindingSize / 8) / words),
  };
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

function tapsKey(
  { resampler = "pillow", filter, crop, cut, content }: Placement,
  size: Size,
  axis: "x" | "y",
): string {
  return axis === "x"
    ? `${resampler} ${filter} ${size.width} ${cut?.left} ${cut?.right} ${crop.left} ${crop.right} ${content.width}`
    : `${resampler} ${filter} ${size.height} ${cut?.top} ${cut?.bottom} ${crop.top} ${crop.bottom} ${content.height}`;
}
