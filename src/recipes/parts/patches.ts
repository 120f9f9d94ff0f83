import { VitrailError } from "../../errors.ts";
import type { Composer } from "../../plan/composer.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import { requireGrid } from "../../plan/images/limits.ts";
import type { IntegerOutput } from "../../plan/integers.ts";
import type { ImageText, TextPart, TokenGrid } from "../../plan/image_text.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import { BLACK } from "../../plan/tables/values.ts";
import { flatMapInSteps } from "../../runtime/in_steps.ts";
import { eachPicture } from "../each_picture.ts";
import type { Fields } from "../fields.ts";
import type { Composing, ProcessorRecipe } from "../recipe.ts";
import { MOST_FRAMES } from "../refusal.ts";
import { CLIP, type CommonDefaults, type CommonFields, commonFields } from "./common_fields.ts";
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

/** A class's defaults, where they are not Qwen2-VL's. */
export interface PatchDefaults extends Partial<CommonDefaults> {
  /** `patch_size` by default. */
  patch?: number;
  /** `merge_size` by default. */
  merge?: number;
}

/**
 * Reads the fields that the classes of patches share.
 * @param time `temporal_patch_size` by default
 */
export function patchFields(fields: Fields, time: number, defaults: PatchDefaults = {}): PatchFields {
  return {
    ...commonFields(fields, { filter: "bicubic", ...CLIP, ...defaults }),
    patch: fields.count("patch_size") ?? defaults.patch ?? 14,
    time: fields.count("temporal_patch_size", MOST_FRAMES) ?? time,
    merge: fields.count("merge_size") ?? defaults.merge ?? 2,
  };
}

/** Returns the pattern by which a canvas becomes patches, group by group, and its open sizes. */
export function patchPattern({ patch, time, merge }: Pick<PatchFields, "patch" | "time" | "merge">) {
  return { pattern: MERGED_PATCHES, sizes: { m: merge, n: merge, p: patch, q: patch, t: time } };
}

/** The rule by which pictures become rows of patches, and patches tokens. */
export interface Patching {
  /** The side of a patch, pixels. */
  patch: number;
  /** Patches along each side of the group that becomes one token. */
  merge: number;
  /** The filter that resamples pictures. */
  filter: Filter;
  /** Returns the size of a picture's canvas. */
  fit(picture: Size): Size;
  /**
   * Returns a picture's size at the top left of its canvas, which is black to the right and below; absent: it
   * fills the canvas.
   */
  content?(picture: Size, canvas: Size): Size;
  /** The pattern by which a canvas `[c, h, w]` becomes rows. */
  pattern: string;
  /** The sizes that the pattern leaves open. */
  sizes: Record<string, number>;
  /** The text that stands for one token. */
  token: string;
  /** Returns the text that stands for a grid of patches; absent: a token for each group. */
  expand?(grid: Grid): ImageText;
}

/** The patches of a canvas: how many down, and how many across. */
export type Grid = [rows: number, columns: number];

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
    ...patchPattern({ patch, time, merge }),
    token,
  };
}

/** Makes the recipe of a class whose outputs are `pixel_values` and `image_grid_thw`. */
export function patchRecipe(
  name: string,
  fields: Fields,
  own: PatchFields,
  patching: Patching,
): ProcessorRecipe {
  const { patch, time, merge, values } = own;
  return {
    kind: "processor",
    name,
    parameters: { ...fields.given(), patch_size: patch, temporal_patch_size: time, merge_size: merge },
    values,
    compose: (composer) => composePatches(composer, patching),
  };
}

/**
 * Composes the patches of all pictures one after another. Adds `image_grid_thw` `[pictures, 3]`: frames,
 * patches down, patches across.
 */
export function* composePatches(composer: Composer, patching: Patching): Composing {
  const grids = yield* composeGrids(composer, patching);
  const values = yield* flatMapInSteps(grids, ([rows, columns]) => [1, rows, columns]);
  composer.integers("image_grid_thw", { dtype: "i64", shape: [values.length / 3, 3], values });
}

/** The most elements of a mask of patches: 4 GiB of them. */
const MASKED = 2 ** 30;

/**
 * Returns a mask `[pictures, rows]`, whose ones stand for a picture's patches, and zeros for rows after them.
 * @param counts how many patches each picture, or each tile of one, has
 * @throws {VitrailError} `limit` for a mask that memory does not hold.
 */
export function maskOfPatches(counts: readonly number[], rows: number): IntegerOutput {
  const pictures = counts.length;
  if (pictures * rows > MASKED) {
    const found = `${pictures} pictures or tiles of ${rows} rows of patches`;
    const most = `${Math.floor(MASKED / rows)} of them are the most`;
    throw new VitrailError("limit", `a call of ${found} is too large for their mask; ${most}`);
  }
  return { dtype: "i32", shape: [pictures, rows], values: { leading: counts } };
}

/** Composes the patches of all pictures one after another, and returns the pictures' grids. */
export function* composeGrids(composer: Composer, patching: Patching): Composing<Grid[]> {
  const { pattern, sizes } = patching;
  return yield* eachPicture(composer, (picture, index) => {
    const { canvas, placement, grid, text } = fitted(picture, patching);
    const main = composer.canvas({
      canvas,
      fill: BLACK,
      placements: [{ ...placement, source: { picture: index } }],
      target: composer.target(PIXELS, canvas, pattern, sizes),
    });
    composer.image({ ...text, size: picture, main, grid });
    return grid;
  });
}

/** Returns all that a picture's size decides. */
function fitted(picture: Size, patching: Patching) {
  const { patch, sizes, filter } = patching, canvas = patching.fit(picture);
  requireGroups(picture, canvas, patch * (sizes.m ?? 1));
  const content = patching.content?.(picture, canvas) ?? canvas;
  const { source: _, ...placement } = whole({ picture: 0 }, picture, content, filter);
  const grid: Grid = [canvas.height / patch, canvas.width / patch];
  requireGrid(picture, grid);
  return { canvas, placement, grid, text: patching.expand?.(grid) ?? mergedTokens(patching, grid) };
}

/**
 * Requires that a canvas is cut into whole groups of patches.
 * @param group the side of a group, pixels
 * @param what the picture in messages
 * @throws {VitrailError} `shape` otherwise.
 */
export function requireGroups(
  picture: Size,
  { width, height }: Size,
  group: number,
  what = "picture",
): void {
  if (width % group === 0 && height % group === 0) return;
  const found = `a ${what} of ${sizeText(picture)} has no whole groups of patches`;
  throw new VitrailError("shape", `${found}: where do_resize is false, both sides are multiples of ${group}`);
}

/**
 * Returns the text that stands for a grid of patches, `steps` times along time, and the grid of its tokens.
 * Source: transformers `models/qwen2_vl/processing_qwen2_vl.py`.
 */
export function mergedTokens(
  { merge, token }: Pick<Patching, "merge" | "token">,
  [rows, columns]: readonly [rows: number, columns: number],
  steps = 1,
): ImageText & { parts: readonly TextPart[]; tokenGrid: TokenGrid } {
  const tokens = Math.floor(steps * rows * columns / merge ** 2);
  const tokenGrid = { steps, rows: Math.floor(rows / merge), columns: Math.floor(columns / merge) };
  return { tokens, parts: [[token, tokens]], token, tokenGrid };
}
