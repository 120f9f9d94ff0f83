import type { Box, Size } from "../plan/geometry.ts";
import { placementFloatTaps, placementTaps, visibleOf } from "../plan/tables/placement_taps.ts";
import { meanFactor } from "../plan/tables/cells.ts";
import { BLACK, type Rgb } from "../plan/tables/values.ts";
import type { CanvasView, Placement } from "../plan/view.ts";
import type { Arena } from "./arena.ts";
import { resampleBytes, roundUp } from "./byte_passes.ts";
import { type ByteValues, resampleFloats } from "./float_passes.ts";
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
  for (const placement of placements) {
    const origin = originOf(placement);
    if (placement.cell) average(arena, canvas, placement.cell, origin as SimdCanvas);
    else place(kernels, arena, canvas, placement, origin);
  }
  for (const { box, color } of marks) paint(arena, canvas, box, color);
  return canvas;
}

/**
 * Makes a canvas of floats in the arena: bytes become values, which are resampled. Where the values are
 * products by a factor, they are not normalised yet. Around the content are zeros.
 */
export function makeFloatCanvas(
  kernels: Kernels,
  arena: Arena,
  { canvas: { width, height }, placements: [placement] }: CanvasView,
  values: ByteValues,
  origin: Origin,
): SimdCanvas {
  const stride = width * 16, canvas = { width, height, stride, address: arena.take(stride * height) };
  arena.bytes.fill(0, canvas.address, canvas.address + stride * height);
  place(kernels, arena, canvas, placement, origin, values);
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
  values?: ByteValues,
): void {
  const { left, top, right, bottom } = visibleOf(placement, canvas);
  if (left >= right || top >= bottom) return;
  const size: Size = originSize(origin), { offset, order } = placement;
  const columns = { from: left, to: right }, lines = { from: top, to: bottom };
  const at = { x: offset.x + left, y: offset.y + top };
  if (values !== undefined || placement.resampler === "torch-cuda") {
    const { x, y } = placementFloatTaps(placement, size);
    const taps = { x: someTaps(x, columns), y: someTaps(y, lines) };
    resampleFloats(kernels, arena, { origin, taps, order, canvas, at }, values);
  } else {
    const { x, y } = placementTaps(placement, size);
    const taps = { x: someTaps(x, columns), y: someTaps(y, lines) };
    resampleBytes(kernels, arena, { origin, taps, order, canvas, at });
  }
}

/**
 * Makes each pixel of a canvas the mean of a cell of another. So few pages are averaged that plain TypeScript
 * does it.
 */
function average({ bytes }: Arena, canvas: SimdCanvas, cell: Size, source: SimdCanvas): void {
  for (let y = 0; y < canvas.height; y++) {
    const top = y * cell.height, bottom = Math.min(source.height, top + cell.height);
    for (let x = 0; x < canvas.width; x++) {
      const left = x * cell.width, right = Math.min(source.width, left + cell.width);
      const count = (right - left) * (bottom - top), factor = meanFactor(count);
      let red = count >> 1, green = red, blue = red;
      for (let line = top; line < bottom; line++) {
        const end = source.address + line * source.stride + right * 4;
        for (let at = end - (right - left) * 4; at < end; at += 4) {
          red += bytes[at];
          green += bytes[at + 1];
          blue += bytes[at + 2];
        }
      }
      const to = canvas.address + y * canvas.stride + x * 4;
      bytes[to] = red * factor / 2 ** 24;
      bytes[to + 1] = green * factor / 2 ** 24;
      bytes[to + 2] = blue * factor / 2 ** 24;
    }
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
