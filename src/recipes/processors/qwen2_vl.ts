import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import { CLIP_MEAN, CLIP_STD } from "../../plan/values.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { commonOf, refused, roundHalfEven, sizeKeys, whole } from "./common.ts";

const NAME = "qwen2_vl";

/** Rows are patches in the order of merged groups; a still picture stands twice along time. */
const PATCHES = "c (h m p) (w n q) -> (h w m n) (c t p q)";

/** What `smart_resize` keeps a picture's pixels within, and what its sides are multiples of. */
export interface PixelBudget {
  factor: number;
  least: number;
  most: number;
}

/**
 * Qwen2-VL, Qwen2.5-VL and Qwen3-VL: sides rounded to whole groups of patches within a budget of pixels; patches of all
 * pictures one after another: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`.
 * Source: transformers `models/qwen2_vl/image_processing_pil_qwen2_vl.py`, `_preprocess`.
 */
export function qwen2Vl(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values } = commonOf(fields, {
    filter: "bicubic",
    mean: CLIP_MEAN,
    std: CLIP_STD,
  });
  const patch = fields.count("patch_size") ?? 14;
  const time = fields.count("temporal_patch_size") ?? 2;
  const merge = fields.count("merge_size") ?? 2;
  const size = sizeKeys(fields, "size") ?? {};
  const budget = {
    factor: patch * merge,
    least: fields.count("min_pixels") ?? size.shortest_edge ?? 56 * 56,
    most: fields.count("max_pixels") ?? size.longest_edge ?? 28 * 28 * 1280,
  };
  const sizes = { m: merge, n: merge, p: patch, q: patch, t: time };
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    compose(composer: Composer) {
      const grids: number[] = [];
      for (const [index, picture] of composer.pictures.entries()) {
        const canvas = doResize ? smartResize(picture, budget) : picture;
        const main = composer.canvas({
          canvas,
          fill: [0, 0, 0],
          placements: [whole({ picture: index }, picture, canvas, filter)],
          target: composer.target(PIXELS, canvas, PATCHES, sizes),
        });
        const grid: [number, number] = [canvas.height / patch, canvas.width / patch];
        const tokens = grid[0] * grid[1] / merge ** 2;
        composer.image({ size: picture, main, grid, tokens, placeholder: "<|image_pad|>".repeat(tokens) });
        grids.push(1, ...grid);
      }
      composer.integers("image_grid_thw", { dtype: "i64", shape: [grids.length / 3, 3], values: grids });
    },
  };
}

/**
 * The nearest size whose sides are multiples of `factor` and whose pixels are within the budget.
 * Source: transformers `models/qwen2_vl/image_processing_qwen2_vl.py`, `smart_resize`.
 * @throws {VitrailError} `shape` for a picture more than 200 times as long as wide, as Python does.
 */
export function smartResize(size: Size, { factor, least, most }: PixelBudget): Size {
  const { width, height } = size;
  if (Math.max(width, height) / Math.min(width, height) > 200) {
    throw refused(NAME, size, "one side may be 200 times the other at most");
  }
  const round = (side: number) => roundHalfEven(side / factor) * factor;
  const [w, h] = [round(width), round(height)];
  if (w * h > most) {
    const beta = Math.sqrt(height * width / most);
    const floor = (side: number) => Math.max(factor, Math.floor(side / beta / factor) * factor);
    return { width: floor(width), height: floor(height) };
  }
  if (w * h < least) {
    const beta = Math.sqrt(least / (height * width));
    const ceil = (side: number) => Math.ceil(side * beta / factor) * factor;
    return { width: ceil(width), height: ceil(height) };
  }
  return { width: w, height: h };
}
