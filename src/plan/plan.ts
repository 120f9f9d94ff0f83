import { requireChoice, VitrailError } from "../errors.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { Composer } from "./composer.ts";
import { type Point, type Size, sizeText } from "./geometry.ts";
import type { IntegerOutput } from "./integers.ts";
import { composeTiles } from "./tiles.ts";
import type { View } from "./view.ts";

/** What an output's elements may be. */
export const DTYPES = ["f32", "f16", "bf16", "u8"] as const;

/** An output element's type; `u8` is the canvas before normalising. */
export type Dtype = typeof DTYPES[number];

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
export interface Plan {
  recipe: Recipe;
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

/**
 * Plans one call: pure arithmetic on the upright pictures' sizes; reads no pixel and opens no device.
 * @param samples how many of the pictures each sample has; absent for a flat list, which is one sample
 * @throws {VitrailError} `shape` for a picture that the recipe cannot take, `usage` for no pictures, or for samples that are
 * not all of them.
 */
export function planSample(
  recipe: Recipe,
  pictures: readonly Size[],
  dtype: Dtype = "f32",
  samples?: readonly number[],
): Plan {
  if (typeof recipe !== "object" || recipe === null || !("kind" in recipe)) {
    throw new VitrailError(
      "usage",
      `a recipe is what recipe("ixc25"), ixc25() or recipeFromConfig(json) gives, found ${
        JSON.stringify(recipe)
      }`,
    );
  }
  if (pictures.length === 0) {
    throw new VitrailError("usage", "a sample needs at least one picture, found none");
  }
  for (const [index, size] of pictures.entries()) {
    if ([size.width, size.height].every((side) => Number.isSafeInteger(side) && side >= 1)) continue;
    throw new VitrailError(
      "usage",
      `a picture has whole sides from 1 up; picture ${index + 1} is ${sizeText(size)}`,
    );
  }
  requireChoice("dtype", dtype, DTYPES);
  if (samples !== undefined) requireCounts(samples, pictures.length);
  const composer = new Composer(pictures, samples ?? [pictures.length], dtype, samples !== undefined);
  if (recipe.kind === "tiles") composeTiles(recipe, composer);
  else recipe.compose(composer);
  return composer.finish(recipe);
}

/** @throws {VitrailError} `usage` unless the samples' pictures are all there are. */
function requireCounts(samples: readonly number[], pictures: number): void {
  const whole = samples.every((count) => Number.isSafeInteger(count) && count >= 1);
  if (whole && samples.reduce((a, b) => a + b, 0) === pictures) return;
  throw new VitrailError(
    "usage",
    `samples says how many of the ${pictures} pictures each sample has, from 1 up; found ${
      samples.join(", ")
    }`,
  );
}
