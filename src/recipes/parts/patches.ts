import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import type { ImageText } from "../../plan/image_text.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import { BLACK } from "../../plan/tables/values.ts";
import type { Fields } from "../fields.ts";
import { CLIP, type CommonFields, commonFields } from "./common_fields.ts";
import { whole } from "./placements.ts";

/**
 * The pattern whose rows are patches, group by group. A still picture stands `t` times along time.
 *
 *     canvas, m = n = 2:  ┌0┬1┐┌4┬5┐
 *                         └2┴3┘└6┴7┘
 */
const MERGED_PATCHES = "c (h m p) (w n q) -> (h w m n) (c t p q)";

/** The fields that the classes of patches share. */
export interface PatchFields extends CommonFields {
  /** `patch_size`: the side of a patch, pixels. */
  patch: number;
  /** `temporal_patch_size`: how often a still picture stands along time. */
  time: number;
  /** `merge_size`: patches along each side of the group that becomes one token. */
  merge: number;
}

/**
 * Reads the fields that the classes of patches share.
 * @param time `temporal_patch_size` by default
 */
export function patchFields(fields: Fields, time: number): PatchFields {
  return {
    ...commonFields(fields, { filter: "bicubic", ...CLIP }),
    patch: fields.count("patch_size") ?? 14,
    time: fields.count("temporal_patch_size") ?? time,
    merge: fields.count("merge_size") ?? 2,
  };
}

/** The rule by which pictures become rows of patches, and patches tokens. */
export interface Patching {
  /** The side of a patch, pixels. */
  patch: number;
  /** Patches along each side of the group that becomes one token. */
  merge: number;
  /** The filter that resamples pictures. */
  filter: Filter;
  /** Returns a picture's size on its canvas. */
  fit(picture: Size): Size;
  /** The pattern by which a canvas `[c, h, w]` becomes rows. */
  pattern: string;
  /** The sizes that the pattern leaves open. */
  sizes: Record<string, number>;
  /** The text that stands for one token. */
  token: string;
}

/**
 * Makes the patching of a class whose rows are patches, group by group.
 * @param token the text that stands for one token
 * @param fit returns a picture's size on its canvas, where the config resizes at all
 */
export function mergedPatching(
  { doResize, filter, patch, time, merge }: PatchFields,
  token: string,
  fit: (picture: Size) => Size,
): Patching {
  return {
    patch,
    merge,
    filter,
    fit: doResize ? fit : (picture) => picture,
    pattern: MERGED_PATCHES,
    sizes: { m: merge, n: merge, p: patch, q: patch, t: time },
    token,
  };
}

/**
 * Composes the patches of all pictures one after another. Adds `image_grid_thw` `[pictures, 3]`: frames,
 * patches down, patches across.
 */
export function composePatches(composer: Composer, patching: Patching): void {
  const { patch, filter, pattern, sizes } = patching;
  const grids: number[] = [];
  for (const [index, picture] of composer.pictures.entries()) {
    const canvas = patching.fit(picture);
    const main = composer.canvas({
      canvas,
      fill: BLACK,
      placements: [whole({ picture: index }, picture, canvas, filter)],
      target: composer.target(PIXELS, canvas, pattern, sizes),
    });
    const grid: [number, number] = [canvas.height / patch, canvas.width / patch];
    composer.image({ size: picture, main, grid, ...mergedTokens(patching, grid) });
    grids.push(1, ...grid);
  }
  composer.integers("image_grid_thw", { dtype: "i64", shape: [grids.length / 3, 3], values: grids });
}

/**
 * Returns the text that stands for a grid of patches, `steps` times along time, and the grid of its tokens.
 * Source: transformers `models/qwen2_vl/processing_qwen2_vl.py`.
 */
export function mergedTokens(
  { merge, token }: Pick<Patching, "merge" | "token">,
  [rows, columns]: readonly [rows: number, columns: number],
  steps = 1,
): ImageText {
  const tokens = Math.floor(steps * rows * columns / merge ** 2);
  const tokenGrid = { steps, rows: Math.floor(rows / merge), columns: Math.floor(columns / merge) };
  return { tokens, placeholder: token.repeat(tokens), token, tokenGrid };
}
