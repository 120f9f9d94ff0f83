import type { Box, Size } from "../plan/geometry.ts";
import type { Span } from "./passes/jobs.ts";

/** A canvas on the device: its lines follow one another. */
export interface DeviceCanvas extends Size {
  /** Its words. */
  span: Span;
  /** Words of a pixel: 1 of packed RGB, or 3 of floats. */
  pixelWords: number;
}

/** Returns the words of a canvas from the first pixel of a box to its last one. */
export function spanOf({ span, width, pixelWords }: DeviceCanvas, { left, top, right, bottom }: Box): Span {
  const wordOf = (x: number, y: number) => span.from + (y * width + x) * pixelWords;
  return { buffer: span.buffer, from: wordOf(left, top), to: wordOf(right, bottom - 1) };
}
