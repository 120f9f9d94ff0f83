import type { Box, Size } from "../plan/geometry.ts";
import { placementFloatTaps, placementTaps, visibleOf } from "../plan/tables/placement_taps.ts";
import { BLACK, type Rgb } from "../plan/tables/values.ts";
import type { CanvasView, Placement } from "../plan/view.ts";
import type { Arena } from "./arena.ts";
import { resampleBytes, roundUp } from "./byte_passes.ts";
import { resampleFloats } from "./float_passes.ts";
import type { Kernels } from "./wasm_kernels.ts";
import { type Origin, originSize, type SimdCanvas } from "./source_lines.ts";
import { someTaps } from "./tap_tables.ts";

/**
 * Makes a view's canvas in the arena: its fill, its placements over it in their order, its marks over those.
 */
export function makeCanvas(
  kernels: Kernels,
  arena: Arena,
  view: CanvasView,
  originOf: (placement: Placement) => Origin,
): SimdCanvas {
  const { canvas: { width, height }, fill, placements, marks } = view;
  const stride = roundUp(width * 4, 16);
  const canvas = { width, height, stride, address: arena.take(stride * height) };
  if (!isCovered(view)) {
    const whole = { left: 0, top: 0, right: width, bottom: height };
    paint(arena, canvas, whole, "value" in fill ? BLACK : fill);
  }
  for (const placement of placements) place(kernels, arena, canvas, placement, originOf(placement));
  for (const { box, color } of marks) paint(arena, canvas, box, color);
  return canvas;
}

/**
 * Makes a canvas of floats in the arena: rescaled, resampled, and not normalised yet. Around its content are
 * zeros.
 */
export function makeFloatCanvas(
  kernels: Kernels,
  arena: Arena,
  { canvas: { width, height }, placements: [placement] }: CanvasView,
  factor: number,
  origin: Origin,
): SimdCanvas {
  const stride = width * 16, canvas = { width, height, stride, address: arena.take(stride * height) };
  arena.bytes.fill(0, canvas.address, canvas.address + stride * height);
  place(kernels, arena, canvas, placement, origin, factor);
  return canvas;
}

/** Returns whether a placement covers all of a canvas, so that no fill shows. */
function isCovered({ canvas, placements }: CanvasView): boolean {
  return placements.some(({ content, offset }) =>
    offset.x <= 0 && offset.y <= 0 &&
    offset.x + content.width >= canvas.width && offset.y + content.height >= canvas.height
  );
}

/** Resamples the part of a placement's content that lies on the canvas. */
function place(
  kernels: Kernels,
  arena: Arena,
  canvas: SimdCanvas,
  placement: Placement,
  origin: Origin,
  factor?: number,
): void {
  const { left, top, right, bottom } = visibleOf(placement, canvas);
  if (left >= right || top >= bottom) return;
  const size: Size = originSize(origin), { offset, order } = placement;
  const columns = { from: left, to: right }, lines = { from: top, to: bottom };
  const at = { x: offset.x + left, y: offset.y + top };
  if (factor !== undefined || placement.resampler === "torch-cuda") {
    const { x, y } = placementFloatTaps(placement, size);
    const taps = { x: someTaps(x, columns), y: someTaps(y, lines) };
    resampleFloats(kernels, arena, { origin, taps, order, canvas, at }, factor);
  } else {
    const { x, y } = placementTaps(placement, size);
    const taps = { x: someTaps(x, columns), y: someTaps(y, lines) };
    resampleBytes(kernels, arena, { origin, taps, order, canvas, at });
  }
}

/** Paints a box of one colour. */
function paint(arena: Arena, canvas: SimdCanvas, box: Box, [red, green, blue]: Rgb): void {
  const word = red | green << 8 | blue << 16, { words } = arena;
  for (let y = box.top; y < box.bottom; y++) {
    const line = (canvas.address + y * canvas.stride) / 4;
    words.fill(word, line + box.left, line + box.right);
  }
}
