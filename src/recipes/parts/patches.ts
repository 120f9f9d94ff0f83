import type { Composer } from "../../plan/composer.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import type { Size } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import { CLIP_MEAN, CLIP_STD } from "../../plan/tables/values.ts";
import type { Fields } from "../fields.ts";
import { commonOf, whole } from "./common_fields.ts";

/** Rows are patches in the order of merged groups; a still picture stands `t` times along time. */
export const MERGED_PATCHES = "c (h m p) (w n q) -> (h w m n) (c t p q)";

/** How pictures become rows of patches, and patches tokens. */
export interface Patching {
  /** Side of a patch, pixels. */
  patch: number;
  /** Patches along each side of the group that becomes one token. */
  merge: number;
  filter: Filter;
  /** A picture's size on its canvas. */
  fit(picture: Size): Size;
  /** How a canvas `[c, h, w]` becomes rows, and the sizes that it leaves open. */
  pattern: string;
  sizes: Record<string, number>;
  /** The text that stands for one token. */
  token: string;
}

/** The fields that these classes share; `time` is how often a still picture stands along time by default. */
export function patchFields(fields: Fields, time: number) {
  return {
    ...commonOf(fields, { filter: "bicubic", mean: CLIP_MEAN, std: CLIP_STD }),
    patch: fields.count("patch_size") ?? 14,
    time: fields.count("temporal_patch_size") ?? time,
    merge: fields.count("merge_size") ?? 2,
  };
}

/** The sizes that `MERGED_PATCHES` leaves open. */
export function mergedSizes(patch: number, merge: number, time: number): Record<string, number> {
  return { m: merge, n: merge, p: patch, q: patch, t: time };
}

/** Patches of all pictures one after another, and `image_grid_thw` `[pictures, 3]`: frames, rows and columns of patches. */
export function composePatches(composer: Composer, patching: Patching): void {
  const { patch, filter, pattern, sizes } = patching;
  const grids: number[] = [];
  for (const [index, picture] of composer.pictures.entries()) {
    const canvas = patching.fit(picture);
    const main = composer.canvas({
      canvas,
      fill: [0, 0, 0],
      placements: [whole({ picture: index }, picture, canvas, filter)],
      target: composer.target(PIXELS, canvas, pattern, sizes),
    });
    const grid: [number, number] = [canvas.height / patch, canvas.width / patch];
    composer.image({ size: picture, main, grid, ...mergedTokens(patching, grid[0] * grid[1]) });
    grids.push(1, ...grid);
  }
  composer.integers("image_grid_thw", { dtype: "i64", shape: [grids.length / 3, 3], values: grids });
}

/** What so many patches become in the text. Source: transformers `models/qwen2_vl/processing_qwen2_vl.py`. */
export function mergedTokens({ merge, token }: Pick<Patching, "merge" | "token">, patches: number) {
  const tokens = Math.floor(patches / merge ** 2);
  return { tokens, placeholder: token.repeat(tokens) };
}
