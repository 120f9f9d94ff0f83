import type { Box, Size } from "../../plan/geometry.ts";
import { placementFloatTaps, placementTaps, visibleOf } from "../../plan/tables/placement_taps.ts";
import type { CanvasView, Placement } from "../../plan/view.ts";
import { GROUP } from "../invocations.ts";
import { type Block, type BlockLimits, blocksOf } from "./blocks.ts";
import { groupTaps, groupWindows } from "./column_groups.ts";
import { recordCells } from "./cells_pass.ts";
import { recordHorizontal } from "./horizontal_pass.ts";
import type { PassContext } from "../pass_context.ts";
import { type DeviceCanvas, type Origin, originSize, sourceTexture } from "../sources/source_texture.ts";
import { type CanvasTarget, recordFill, recordVertical } from "./vertical_pass.ts";

/**
 * Records a canvas view: its fill, the two passes of each placement, its marks.
 * @param originOf gives the pixels that a placement reads
 */
export function recordCanvas(
  context: PassContext,
  target: CanvasTarget,
  originOf: (placement: Placement) => Origin,
): void {
  const { placements, canvas, marks, fill } = target.view, [first] = placements;
  if (first?.cell) {
    recordCells(context.recorder, originOf(first) as DeviceCanvas, first.cell, target.keep!);
    return;
  }
  const whole = { left: 0, top: 0, right: canvas.width, bottom: canvas.height };
  // A placement alone writes the fill around it, too, unless it lies off the canvas.
  const filled = placements.length === 1 && isVisible(placements[0], canvas);
  if (!filled) recordFill(context, target, whole, fill);
  for (const placement of placements) recordPlacement(context, target, placement, originOf(placement));
  for (const mark of marks) recordFill(context, target, mark.box, mark.color);
}

/** Returns whether some of a placement lies on its canvas. */
function isVisible(placement: Placement, canvas: Size): boolean {
  const { left, top, right, bottom } = visibleOf(placement, canvas);
  return left < right && top < bottom;
}

/**
 * Records both passes of a placement, block by block, in the working frame: there the horizontal pass always
 * comes first. A picture whose vertical pass comes first is transposed, and so are its taps and its canvas.
 *
 *     upright        working frame of a picture whose vertical pass comes first
 *     ┌───────┐      ┌─────┐
 *     │ a b c │      │ a d │
 *     │ d e f │      │ b e │
 *     └───────┘      │ c f │
 *                    └─────┘
 */
function recordPlacement(
  context: PassContext,
  target: CanvasTarget,
  placement: Placement,
  origin: Origin,
): void {
  const { recorder, tables } = context;
  const size = originSize(origin);
  const transposed = placement.order === "vertical-first";
  const float = placement.resampler === "torch-cuda";
  const upright = float ? placementFloatTaps(placement, size) : placementTaps(placement, size);
  const [x, y] = transposed ? [upright.y, upright.x] : [upright.x, upright.y];
  const keyX = tapsKey(placement, size, transposed ? "y" : "x", float);
  const tapsY = tables.taps(tapsKey(placement, size, transposed ? "x" : "y", float), () => y);
  const lead = leadOf(placement, transposed), windows = groupWindows(x, lead);
  const tapsX = tables.groupTaps(`${lead} ${keyX}`, () => groupTaps(windows, x, lead));
  const visible = working(visibleOf(placement, target.view.canvas), transposed);
  for (const block of blocksOf(x, y, visible, blockLimits(context, float))) {
    const source = sourceTexture(recorder, origin, block, transposed);
    const lines = recordHorizontal(recorder, { block, source, lead, windows, taps: tapsX, float });
    recordVertical(context, target, {
      region: regionOf(target.view, placement, block, transposed, visible),
      block,
      placement,
      transposed,
      float,
      lines,
      taps: tapsY,
      tapsLength: y.length,
      tapsWidth: y.width,
      fill: target.view.fill,
    });
    recorder.submitIfLarge();
  }
}

/** Returns the columns that the first group of a content lacks. The drawing at `groupWindows` shows them. */
function leadOf({ offset }: Placement, transposed: boolean): number {
  const first = transposed ? offset.y : offset.x;
  return (first % GROUP + GROUP) % GROUP;
}

/**
 * Returns the most that a block's textures may hold. Lines of floats take a texel for each pixel, and groups
 * may reach beyond the block on both sides.
 */
function blockLimits({ recorder, area }: PassContext, float: boolean): BlockLimits {
  const { maxTextureDimension2D, maxStorageBufferBindingSize } = recorder.device.limits;
  const words = float ? GROUP : 1; // of a pixel between the passes
  return {
    side: maxTextureDimension2D - (float ? 2 * GROUP : 0),
    area: Math.floor(Math.min(area, maxStorageBufferBindingSize / 8) / words),
  };
}

/** Returns an upright box in the working frame. */
function working({ left, top, right, bottom }: Box, transposed: boolean): Box {
  return transposed ? { left: top, top: left, right: bottom, bottom: right } : { left, top, right, bottom };
}

/**
 * Returns the canvas pixels that a block writes, in the working frame: its own content and, where its
 * placement is alone on the canvas, the fill beside it.
 *
 *     ┌───────────┬──────────┐
 *     │ fill      │     fill │
 *     │    ┌──────┼─────┐    │      two blocks of a content,
 *     │    │  0   │  1  │    │      and the region of each
 *     │    └──────┼─────┘    │
 *     └───────────┴──────────┘
 */
function regionOf(
  view: CanvasView,
  placement: Placement,
  { columns, lines }: Block,
  transposed: boolean,
  visible: Box,
): Box {
  const { canvas } = view, { offset } = placement;
  const [offsetX, offsetY] = transposed ? [offset.y, offset.x] : [offset.x, offset.y];
  const [width, height] = transposed ? [canvas.height, canvas.width] : [canvas.width, canvas.height];
  const alone = view.placements.length === 1;
  return {
    left: alone && columns.from === visible.left ? 0 : offsetX + columns.from,
    top: alone && lines.from === visible.top ? 0 : offsetY + lines.from,
    right: alone && columns.to === visible.right ? width : offsetX + columns.to,
    bottom: alone && lines.to === visible.bottom ? height : offsetY + lines.to,
  };
}

/** Returns the key of an axis's taps: all that decides them. */
export function tapsKey(
  { resampler = "pillow", filter, crop, cut, content }: Placement,
  size: Size,
  axis: "x" | "y",
  float: boolean,
): string {
  const decisive = axis === "x"
    ? [size.width, cut?.left, cut?.right, crop.left, crop.right, content.width]
    : [size.height, cut?.top, cut?.bottom, crop.top, crop.bottom, content.height];
  return `${resampler} ${filter} ${float ? "floats " : ""}${decisive.join(" ")}`;
}
