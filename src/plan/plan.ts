import type { Dtype } from "./dtype.ts";
import type { Point, Size } from "./geometry.ts";
import type { IntegerOutput } from "./integers.ts";
import type { Preprocessing } from "./preprocessing.ts";
import type { View } from "./view.ts";

/** One output tensor that executors fill. */
export interface OutputShape {
  dtype: Dtype;
  /** Rows, and a row's shape. */
  shape: number[];
  /** The shape under which it is returned, where that is another one of the same elements. */
  as?: number[];
  /** How many rows each of the lists has that Python returns in place of a tensor, where it does. */
  lists?: number[];
}

/** Where one picture (or one clip) of a sample goes. */
export interface PlannedImage {
  /** The upright picture, or the sheet that a clip's frames are joined on. */
  size: Size;
  content: Size;
  canvas: Size;
  offset: Point;
  /** Tiles, or patches: rows, columns. */
  grid: [rows: number, columns: number];
  /** Its rows of the main output (see `mainOutput`), from and to (exclusive). */
  rows: [from: number, to: number];
  /** Tokens after the encoder; undefined where the recipe does not say. */
  tokens?: number;
  /** The text that stands for the picture before tokenizing, where its processor expands one. */
  placeholder?: string;
  /** wgpu-matrix mat3 from the upright picture's pixels to canvas pixels. */
  toCanvas: Float32Array;
  /** The canvas view that stands for it. */
  main: number;
  /** Its views, from and to (exclusive). */
  views: [from: number, to: number];
}

/** Everything about a call that its pictures' sizes decide. */
export interface Plan<R extends Preprocessing = Preprocessing> {
  recipe: R;
  /** Upright sizes of the source pictures. */
  pictures: Size[];
  /** How many pictures each sample of the call has, in order. */
  samples: number[];
  /** Whether the call is a list of samples, and not a flat list of pictures. */
  nested: boolean;
  views: View[];
  images: PlannedImage[];
  /** What executors fill. */
  outputs: Record<string, OutputShape>;
  /** What the sizes alone decide: grids, masks, counts. */
  integers: Record<string, IntegerOutput>;
}

/** The name of the output that holds tiles, and in float dtypes the global views before them. */
export const PIXELS = "pixel_values";
/** The name of the output that holds clips in its place. */
export const VIDEOS = "pixel_values_videos";
/** The name of the output that images' rows are counted in: `pixel_values`, or what stands in its place for videos. */
export function mainOutput({ outputs }: Plan): string {
  return PIXELS in outputs ? PIXELS : Object.keys(outputs)[0];
}

/** The name of the output that holds global views where `pixel_values` cannot. */
export const GLOBALS = "global_values";
