import { requireGiven } from "../given/given_value.ts";
import type { Affine } from "./matrix.ts";
import type { ClipFrames } from "./clip_frames.ts";
import type { DerivedOutput } from "./derived.ts";
import type { Dtype } from "./dtype.ts";
import type { Point, Size } from "./geometry.ts";
import type { ImageText } from "./image_text.ts";
import type { IntegerOutput } from "./integers.ts";
import type { Preprocessing } from "./preprocessing.ts";
import type { Normalisation } from "./tables/values.ts";
import type { View } from "./view.ts";

/** The shape of one output tensor that executors fill. */
export interface OutputShape {
  /** The element type. */
  dtype: Dtype;
  /** The rows, and a row's own shape: `[rows, …]`. */
  shape: number[];
  /** The shape under which the tensor is returned, where that is another one of as many elements. */
  as?: number[];
  /**
   * The pattern by which all rows become the tensor that is returned, of the shape `as`; absent where their
   * order is the tensor's. Rows that are joined along the last axis have `n c p q -> 1 c p (n q)`, for one.
   * Executors know nothing of it: the engine puts the elements in order once all rows are there.
   */
  arranged?: string;
  /** The rule by which bytes become its values; the recipe's where absent. */
  values?: Normalisation;
  /** The rows of each list that Python returns in place of a tensor; absent where it returns a tensor. */
  lists?: number[];
  /** The shape of each list's own tensor, where those differ; its rows are then single elements. */
  shapes?: number[][];
}

/** One image of a plan: where one picture, or one clip, of a sample goes. */
export interface PlannedImage extends ImageText {
  /** The size of the upright picture, or of the sheet that a clip's frames are joined on. */
  size: Size;
  /** The size that the picture is resampled to. */
  content: Size;
  /** The size of the canvas that the content lies on. */
  canvas: Size;
  /** The position of the content's top left on the canvas. */
  offset: Point;
  /** The grid of tiles, or patches, that the canvas is cut into: how many down, and how many across. */
  grid: [rows: number, columns: number];
  /**
   * The image's rows of the main output (see `mainOutput`), from the first up to one after the last. Rows are
   * counted in the output's `shape`, also where it is returned in another order.
   */
  rows: [from: number, to: number];
  /** The matrix from the upright picture's pixels to canvas pixels; it may be that of other images, too. */
  toCanvas: Affine;
  /** The canvas view that stands for the image, by its index in the plan. */
  main: number;
  /** The image's views, from the first up to one after the last. */
  views: [from: number, to: number];
}

/** Returns an image without the text that stands for it, which is written out where it is read. */
export function withoutText(image: PlannedImage): PlannedImage {
  const { size, content, canvas, offset, grid, rows, toCanvas, main, views } = image;
  return { size, content, canvas, offset, grid, rows, toCanvas, main, views };
}

/**
 * All that a recipe and the pictures' sizes decide of a call, before a pixel is read. Its sizes are not the
 * caller's objects. Long lists of images, views, groups and integers only read: `plan.images.slice()` is one
 * that can be sorted, or posted. So do pictures, samples and clips of more than 262144. Images and views are
 * made when they are read.
 */
export interface Plan<R extends Preprocessing = Preprocessing> {
  /** The recipe that the call is planned by. */
  recipe: R;
  /** The upright sizes of the source pictures. */
  pictures: Size[];
  /** The number of pictures of each sample of the call, in order. */
  samples: number[];
  /** True where the call is a list of samples; false where it is a flat list of pictures. */
  nested: boolean;
  /** The origin of each sample's frames, where samples are clips and it is known. */
  clips?: readonly ClipFrames[];
  /** The steps, in the order that they are computed in. */
  views: View[];
  /** The pictures and clips, in order. */
  images: PlannedImage[];
  /** The outputs that executors fill, by name. */
  outputs: Record<string, OutputShape>;
  /** The outputs that the sizes alone decide, by name: grids, masks, counts. */
  integers: Record<string, IntegerOutput>;
  /** The outputs that are computed from the values of others, by name. */
  derived: Record<string, DerivedOutput>;
}

/** The name of the output that holds tiles, and in float dtypes the global views before them. */
export const PIXELS = "pixel_values";
/** The name of the output that holds clips in its place. */
export const VIDEOS = "pixel_values_videos";
/** The name of the output of global views whose shape or element type `pixel_values` does not have. */
export const GLOBALS = "global_values";

/**
 * Requires a plan, by the kinds of its fields.
 * @throws {VitrailError} `usage` for anything else.
 */
export function requirePlan(plan: unknown): void {
  requireGiven("a plan", plan, "an object", "planSample gives");
  const fields = plan as Readonly<Record<string, unknown>>;
  for (const name of ["recipe", "outputs", "integers", "derived"] as const satisfies (keyof Plan)[]) {
    requireGiven(`a plan's ${name}`, fields[name], "an object");
  }
  for (const name of ["pictures", "samples", "views", "images"] as const satisfies (keyof Plan)[]) {
    requireGiven(`a plan's ${name}`, fields[name], "a list");
  }
}

/** Returns the rule by which bytes become an output's values. */
export function valuesOf({ recipe, outputs }: Plan, output: string): Normalisation {
  return outputs[output].values ?? recipe.values;
}

/** Returns the output that images' rows are counted in: `pixel_values`, or its counterpart for videos. */
export function mainOutput({ outputs }: Plan): string {
  return PIXELS in outputs ? PIXELS : Object.keys(outputs)[0];
}
