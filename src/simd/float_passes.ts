import { lengthOf, type Range } from "../plan/geometry.ts";
import type { FloatTaps } from "../plan/tables/float_taps.ts";
import type { Arena } from "./arena.ts";
import { BAND_BYTES, type Resampling } from "./byte_passes.ts";
import type { Kernels } from "./wasm_kernels.ts";
import { LineWindow } from "./line_window.ts";
import { openLines } from "./source_lines.ts";
import { bandsOf, sourceRange, writeFloatTaps } from "./tap_tables.ts";

const PIXEL = 16; // bytes of a pixel of floats

/**
 * Resamples a content onto a canvas as torch does in floats, band by band: floats between the passes, and at
 * the end bytes, unless the canvas is of floats.
 * @param factor the factor of bytes on a canvas of floats; absent where the canvas is of bytes
 */
export function resampleFloats(
  kernels: Kernels,
  arena: Arena,
  resampling: Resampling<FloatTaps>,
  factor?: number,
): void {
  const { origin, taps: { x, y }, order, canvas, at } = resampling;
  const columns = sourceRange(x, { from: 0, to: x.length });
  const widest = Math.max(x.length, lengthOf(columns));
  const bands = bandsOf(y, Math.max(1, Math.floor(BAND_BYTES / (widest * PIXEL))));
  const capacity = Math.max(...bands.map((band) => lengthOf(sourceRange(y, band))));
  const source = openLines(arena, origin, columns, capacity);
  const tapsX = writeFloatTaps(arena, x), tapsY = writeFloatTaps(arena, y);

  const widened = lengthOf(columns) * PIXEL; // bytes of a source line as floats
  const floats = new LineWindow(arena, widened, capacity, (lines, address) => {
    const pixels = source.hold(lines) + columns.from * source.bytes;
    for (let line = lines.from, to = address; line < lines.to; line++, to += widened) {
      kernels.widen(pixels + line * source.stride, source.bytes, lengthOf(columns), to);
      if (factor !== undefined) kernels.scale(to, lengthOf(columns) * 4, factor);
    }
  });
  const made = x.length * PIXEL; // bytes of a line of the content as floats
  const across = (from: number, lines: number, target: number) => {
    const first = from - columns.from * PIXEL;
    kernels.horizontalFloats(
      first,
      widened,
      lines,
      tapsX.address,
      tapsX.stride,
      x.length,
      target,
      made,
      x.unrolled,
    );
  };
  const down = (from: number, stride: number, pixels: number, band: Range, target: number) => {
    const taps = tapsY.address + band.from * tapsY.stride;
    const made = pixels * PIXEL, { stride: tapStride } = tapsY;
    kernels.verticalFloats(from, stride, pixels, taps, tapStride, lengthOf(band), target, made, y.unrolled);
  };

  const most = Math.max(...bands.map(lengthOf));
  const content = arena.take(most * made), lines = arena.take(most * widened);
  const between = new LineWindow(arena, made, capacity, (range, address) => {
    across(floats.hold(range) + range.from * widened, lengthOf(range), address);
  });
  for (const band of bands) {
    if (order === "horizontal-first") {
      down(between.hold(sourceRange(y, band)), made, x.length, band, content);
    } else {
      down(floats.hold(sourceRange(y, band)), widened, lengthOf(columns), band, lines);
      across(lines, lengthOf(band), content);
    }
    for (let line = 0; line < lengthOf(band); line++) {
      const start = canvas.address + (at.y + band.from + line) * canvas.stride, own = content + line * made;
      if (factor === undefined) kernels.narrow(own, x.length, start + at.x * 4);
      else arena.bytes.copyWithin(start + at.x * PIXEL, own, own + made);
    }
  }
  for (const window of [source, floats, between]) window.close();
  for (const block of [tapsX.address, tapsY.address, content, lines]) arena.give(block);
}
