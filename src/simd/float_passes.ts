import { lengthOf, type Range } from "../plan/geometry.ts";
import type { FloatTaps } from "../plan/tables/float_taps.ts";
import type { Arena } from "./arena.ts";
import { BAND_BYTES, type Resampling } from "./byte_passes.ts";
import type { Kernels } from "./wasm_kernels.ts";
import { LineWindow } from "./line_window.ts";
import { openLines } from "./source_lines.ts";
import { bandsOf, sourceRange, writeFloatTaps } from "./tap_tables.ts";

const PIXEL = 16; // bytes of a pixel of floats

/** The values of bytes on a canvas of floats: their products by a factor, or those of a table, `[256]`. */
export type ByteValues = number | Float32Array;

/**
 * Resamples a content onto a canvas as torch does in floats, band by band: floats between the passes, and at
 * the end bytes, unless the canvas is of floats.
 * @param values those of bytes on a canvas of floats; absent where the canvas is of bytes
 */
export function resampleFloats(
  kernels: Kernels,
  arena: Arena,
  resampling: Resampling<FloatTaps>,
  values?: ByteValues,
): void {
  const { origin, taps: { x, y }, order, canvas, at } = resampling;
  const columns = sourceRange(x, { from: 0, to: x.length });
  const widest = Math.max(x.length, lengthOf(columns));
  const bands = bandsOf(y, Math.max(1, Math.floor(BAND_BYTES / (widest * PIXEL))));
  const capacity = Math.max(...bands.map((band) => lengthOf(sourceRange(y, band))));
  const source = openLines(arena, origin, columns, capacity);
  const tapsX = writeFloatTaps(arena, x), tapsY = writeFloatTaps(arena, y);
  const table = arena.take(256 * 4);
  if (values instanceof Float32Array) new Float32Array(arena.bytes.buffer, table, 256).set(values);

  const widened = lengthOf(columns) * PIXEL; // bytes of a source line as floats
  const floats = new LineWindow(arena, widened, capacity, (lines, address) => {
    const pixels = source.hold(lines) + columns.from * source.bytes;
    for (let line = lines.from, to = address; line < lines.to; line++, to += widened) {
      const from = pixels + line * source.stride, { bytes } = source, count = lengthOf(columns);
      if (values instanceof Float32Array) kernels.lookUp(from, bytes, count, table, to);
      else kernels.widen(from, bytes, count, to);
      if (typeof values === "number") kernels.scale(to, count * 4, values);
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
      if (values === undefined) kernels.narrow(own, x.length, start + at.x * 4);
      else arena.bytes.copyWithin(start + at.x * PIXEL, own, own + made);
    }
  }
  for (const window of [source, floats, between]) window.close();
  for (const block of [tapsX.address, tapsY.address, table, content, lines]) arena.give(block);
}
