import { type Layout, resolveLayout } from "../layout/layout.ts";
import { parsePattern } from "../layout/pattern.ts";
import type { Box, Point, Size } from "./geometry.ts";
import type { Filter } from "./tables/filters.ts";
import type { Resampler } from "./tables/resampler.ts";
import type { Rgb } from "./tables/values.ts";

/** Where a placement's pixels come from: a picture of the batch, or the canvas of an earlier view. */
export type PixelSource = { picture: number } | { view: number };

/**
 * One resampled rectangle on a canvas. What lies off the canvas is left out.
 *
 *     source ┌────────┐      canvas ┌───────────────┐
 *            │ ┌crop┐ │  resample   │    offset     │
 *            │ └────┘ │  ───────▶   │   ┌content┐   │  fill around
 *            └────────┘             │   └───────┘   │
 *                                   └───────────────┘
 */
export interface Placement {
  source: PixelSource;
  /** The source rectangle, in the source's upright pixels; filters weigh what lies around it, too. */
  crop: Box;
  /**
   * What filters may weigh: whole pixels of the source, all of it where absent. Pillow's `crop` before a `resize`
   * is a `cut` and a `crop` of the same rectangle; its `resize(box=…)` is a `crop` alone.
   */
  cut?: Box;
  /** The size after resampling. */
  content: Size;
  /** Where the content's top left lies on the canvas; negative where the canvas shows a part of it. */
  offset: Point;
  filter: Filter;
  /** Whose resampling; Pillow's where absent. */
  resampler?: Resampler;
  /** Which pass runs first; the bytes between the passes are rounded, so it matters. */
  order: "horizontal-first" | "vertical-first";
}

/** A rectangle of one colour, drawn over the placements. */
export interface Mark {
  box: Box;
  color: Rgb;
}

/** What is around the content: bytes before normalising, or one value after it. */
export type Fill = Rgb | { value: number };

/** Where a view's values go. */
export interface Target {
  /** The output tensor's name, `pixel_values` for one. */
  output: string;
  /** How the canvas `[c, h, w]` becomes rows, as a pattern. */
  pattern: string;
  /** The sizes that the pattern leaves open. */
  sizes: Record<string, number>;
  /** Which copies of a repeating axis this view writes, by index; all of them where absent. Frames of a clip share rows so. */
  copies?: number[];
  /** The first row filled on the output's leading axis. */
  row: number;
  /** Rows filled. */
  rows: number;
}

/** Bytes on a canvas: resampled content, a fill around it, and the rows that it is cut into. */
export interface CanvasView {
  kind: "canvas";
  canvas: Size;
  /** A canvas that other views read is filled with bytes. */
  fill: Fill;
  placements: Placement[];
  marks: Mark[];
  /** Absent for a canvas that only other views read. */
  target?: Target;
}

/**
 * Floats read from another view's normalised canvas: bicubic, a = −0.75, no antialias, by a whole-number
 * scale an axis. PixelSource: torch `nn.functional.interpolate(mode="bicubic")`.
 */
export interface GlobalView {
  kind: "global";
  /** The view whose canvas is read. */
  view: number;
  canvas: Size;
  target: Target;
}

/** Rows of zeros: what a processor pads its batch with. */
export interface BlankView {
  kind: "blank";
  target: { output: string; row: number; rows: number };
}

/** One step of a plan. */
export type View = CanvasView | GlobalView | BlankView;

/** The layout by which a canvas goes into its target's rows, with the target's copies alone. */
export function targetLayout(canvas: Size, { pattern, sizes, copies }: Target): Layout {
  const layout = resolveLayout(parsePattern(pattern), [3, canvas.height, canvas.width], sizes);
  return copies ? { ...layout, repeats: copies.map((copy) => layout.repeats[copy]) } : layout;
}
