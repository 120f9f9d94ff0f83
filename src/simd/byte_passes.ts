import { lengthOf, type Point, type Range } from "../plan/geometry.ts";
import type { Axes } from "../plan/tables/placement_taps.ts";
import type { Taps } from "../plan/tables/taps.ts";
import type { Arena } from "./arena.ts";
import type { Kernels } from "./wasm_kernels.ts";
import { LineWindow } from "./line_window.ts";
import { openLines, type Origin, type SimdCanvas, type SourceLines } from "./source_lines.ts";
import { bandsOf, isCopy, sourceRange, type TapTable, writeTaps } from "./tap_tables.ts";

/** Bytes of lines that one band works on, so that they stay in a core's cache. */
export const BAND_BYTES = 1 << 18;

/** A content that is resampled onto a canvas. */
export interface Resampling<T> {
  origin: Origin;
  /** The taps of those content pixels that lie on the canvas. */
  taps: Axes<T>;
  order: "horizontal-first" | "vertical-first";
  canvas: SimdCanvas;
  /** The place of the first of those pixels on the canvas. */
  at: Point;
}

/**
 * Resamples a content onto a canvas as Pillow does, band by band, rounding to bytes between the passes. A
 * band's lines stay in the cache from one pass to the next. A pass that would change nothing is left out.
 */
export function resampleBytes(kernels: Kernels, arena: Arena, resampling: Resampling<Taps>): void {
  const passes = new BytePasses(kernels, arena, resampling);
  passes.run();
  passes.close();
}

/** The two passes of one resampling, and what they share. */
class BytePasses {
  readonly #columns: Range;
  readonly #bands: Range[];
  readonly #source: SourceLines;
  readonly #tapsX: TapTable;
  readonly #tapsY: TapTable;

  constructor(readonly kernels: Kernels, readonly arena: Arena, readonly resampling: Resampling<Taps>) {
    const { origin, taps: { x, y } } = resampling;
    this.#columns = sourceRange(x, { from: 0, to: x.length });
    const lineBytes = 4 * Math.max(x.length, lengthOf(this.#columns));
    this.#bands = bandsOf(y, Math.max(1, Math.floor(BAND_BYTES / lineBytes)));
    this.#source = openLines(arena, origin, this.#columns, this.#capacity);
    this.#tapsX = writeTaps(arena, x, this.#source.bytes);
    this.#tapsY = writeTaps(arena, y, 1);
  }

  /** The most source lines that a band weighs. */
  get #capacity(): number {
    return Math.max(...this.#bands.map((band) => lengthOf(sourceRange(this.resampling.taps.y, band))));
  }

  run(): void {
    const { taps: { x, y }, order } = this.resampling;
    if (isCopy(y)) this.#horizontalAlone();
    else if (isCopy(x) && this.#source.bytes === 4) this.#verticalAlone();
    else if (order === "horizontal-first") this.#horizontalFirst();
    else this.#verticalFirst();
  }

  close(): void {
    this.#source.close();
    this.arena.give(this.#tapsX.address);
    this.arena.give(this.#tapsY.address);
  }

  /** Source lines become lines of the canvas. */
  #horizontalAlone(): void {
    const { canvas, taps: { y } } = this.resampling;
    for (const band of this.#bands) {
      this.#horizontal(sourceRange(y, band), this.#onCanvas(band.from), canvas.stride);
    }
  }

  /** Source columns are columns of the canvas. */
  #verticalAlone(): void {
    const { taps: { x, y } } = this.resampling, start = x.first[0] * 4;
    for (const band of this.#bands) {
      const lines = this.#source.hold(sourceRange(y, band)) + start;
      this.#vertical(lines, this.#source.stride, x.length * 4, band);
    }
  }

  /** Source lines get the content's columns, and of those lines come lines of the canvas. */
  #horizontalFirst(): void {
    const { taps: { x, y } } = this.resampling, width = x.length * 4;
    const stride = roundUp(width, 16);
    const between = new LineWindow(this.arena, stride, this.#capacity, (lines, address) => {
      this.#horizontal(lines, address, stride);
    });
    for (const band of this.#bands) {
      this.#vertical(between.hold(sourceRange(y, band)), stride, width, band);
    }
    between.close();
  }

  /** Source lines become as many as the content has, and each of those gets the content's columns. */
  #verticalFirst(): void {
    const { canvas, taps: { y } } = this.resampling;
    const { bytes } = this.#source, width = roundUp(lengthOf(this.#columns) * bytes, 4);
    const stride = roundUp(width, 16), start = this.#columns.from * bytes;
    const most = Math.max(...this.#bands.map(lengthOf)), between = this.arena.take(most * stride);
    for (const band of this.#bands) {
      const lines = this.#source.hold(sourceRange(y, band)) + start;
      this.kernels.vertical(
        lines,
        this.#source.stride,
        width,
        this.#tapsY.address + band.from * this.#tapsY.stride,
        this.#tapsY.stride,
        lengthOf(band),
        between,
        stride,
      );
      this.#columnsOf(between - start, stride, lengthOf(band), this.#onCanvas(band.from), canvas.stride);
    }
    this.arena.give(between);
  }

  /** Makes the content's columns of some source lines, a few at a time. */
  #horizontal(lines: Range, target: number, targetStride: number): void {
    const { stride } = this.#source, step = Math.max(4, Math.floor(BAND_BYTES / stride));
    for (let { from } = lines; from < lines.to; from += step) {
      const some = { from, to: Math.min(lines.to, from + step) };
      const source = this.#source.hold(some) + from * stride;
      this.#columnsOf(
        source,
        stride,
        lengthOf(some),
        target + (from - lines.from) * targetStride,
        targetStride,
      );
    }
  }

  /** Makes the content's columns of lines in the arena. */
  #columnsOf(source: number, stride: number, lines: number, target: number, targetStride: number): void {
    const { address, stride: tapStride } = this.#tapsX, { length } = this.resampling.taps.x;
    const kernel = this.#source.bytes === 3 ? this.kernels.horizontalRgb : this.kernels.horizontalRgba;
    kernel(source, stride, lines, address, tapStride, length, target, targetStride);
  }

  /** Makes a band's lines of the canvas. */
  #vertical(source: number, stride: number, width: number, band: Range): void {
    const { address, stride: tapStride } = this.#tapsY, { canvas } = this.resampling;
    const taps = address + band.from * tapStride, target = this.#onCanvas(band.from);
    this.kernels.vertical(source, stride, width, taps, tapStride, lengthOf(band), target, canvas.stride);
  }

  /** The address of a content line on the canvas. */
  #onCanvas(line: number): number {
    const { canvas, at } = this.resampling;
    return canvas.address + (at.y + line) * canvas.stride + at.x * 4;
  }
}

/** Returns the next multiple of a step. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
