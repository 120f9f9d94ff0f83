import type { Filter } from "./filters.ts";
import type { Box, Point, Size } from "./geometry.ts";
import type { Rgb } from "./values.ts";

/** Where a placement's pixels come from: a picture of the batch, or the canvas of an earlier view. */
export type Source = { picture: number } | { view: number };

/**
 * One resampled rectangle on a canvas.
 *
 *     source ┌────────┐      canvas ┌───────────────┐
 *            │ ┌crop┐ │  resample   │    offset     │
 *            │ └────┘ │  ───────▶   │   ┌content┐   │  fill around
 *            └────────┘             │   └───────┘   │
 *                                   └───────────────┘
 */
export interface Placement {
  source: Source;
  /** The source rectangle, in the source's upright pixels. */
  crop: Box;
  /** The size after resampling. */
  content: Size;
  /** Where the content's top left lies on the canvas. */
  offset: Point;
  filter: Filter;
  /** Which pass runs first; the bytes between the passes are rounded, so it matters. */
  order: "horizontal-first" | "vertical-first";
}

/** A rectangle of one colour, drawn over the placements. */
export interface Mark {
  box: Box;
  color: Rgb;
}

/** Where a view's values go. */
export interface Target {
  /** The output tensor's name, `pixel_values` for one. */
  output: string;
  /** How the canvas `[c, h, w]` becomes rows, as a pattern. */
  pattern: string;
  /** The sizes that the pattern leaves open. */
  sizes: Record<string, number>;
  /** The first row filled on the output's leading axis. */
  row: number;
  /** Rows filled. */
  rows: number;
}

/** Bytes on a canvas: resampled content, a fill around it, and the rows that it is cut into. */
export interface CanvasView {
  kind: "canvas";
  canvas: Size;
  fill: Rgb;
  placements: Placement[];
  marks: Mark[];
  /** Absent for a canvas that only other views read. */
  target?: Target;
}

/**
 * Floats read from another view's normalised canvas: bicubic, a = −0.75, no antialias, by a whole-number
 * scale an axis. Source: torch `nn.functional.interpolate(mode="bicubic")`.
 */
export interface GlobalView {
  kind: "global";
  /** The view whose canvas is read. */
  view: number;
  canvas: Size;
  target: Target;
}

/** One step of a plan. */
export type View = CanvasView | GlobalView;
