import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { composePatches, type Patching } from "../../parts/patches.ts";
import { hasKeys, type SizeKeys, sizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/** The pattern whose rows are patches in row-major order, each an image. */
export const PATCHES = "c (h p) (w q) -> (h w) c p q";

/** The bounds of a picture's patches. */
export interface PatchBudget {
  /** The side of a patch, pixels. */
  patch: number;
  /** `max_patches`: the most patches of a picture. */
  most: number;
  /** `size`: the most patches along a side. */
  along: number;
}

/**
 * Kimi K2.5. A picture is made smaller, never larger, until it has no more than `max_patches` patches, and no
 * more along a side than `size` says. It stands at the top left of a canvas of whole groups of patches, and
 * the rest of the canvas is black.
 *
 * Outputs: `pixel_values` `[patches, 3, p, p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the text
 * that stands for one token, `<|media_pad|>` by default.
 *
 * Source: transformers `models/kimi_k25/image_processing_kimi_k25.py`, `processing_kimi_k25.py`.
 */
export function kimiK25(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values } = commonFields(fields, { filter: "bicubic", ...HALVES });
  const patch = fields.count("patch_size") ?? 14, merge = fields.count("merge_size") ?? 2;
  const budget = { patch, most: fields.count("max_patches") ?? 16384, along: alongOf(fields) };
  const factor = patch * merge;
  const content = (picture: Size) => doResize ? reduced(picture, budget) : picture;
  const patching: Patching = {
    patch,
    merge,
    filter,
    content,
    fit(picture) {
      if (!doResize) return picture;
      const { width, height } = content(picture);
      return { width: Math.ceil(width / factor) * factor, height: Math.ceil(height / factor) * factor };
    },
    pattern: PATCHES,
    sizes: { p: patch, q: patch },
    token: fields.text("image_token") ?? "<|media_pad|>",
  };
  return {
    kind: "processor",
    name: "kimi_k25",
    parameters: fields.given(),
    values,
    compose: (composer) => composePatches(composer, patching),
  };
}

/** Reads the most patches along a side: `size` gives it for both axes, and must give the same for both. */
export function alongOf(fields: Fields): number {
  const keys: SizeKeys = sizeKeys(fields, "size") ?? { max_height: 512, max_width: 512 };
  if (!hasKeys(keys, "max_height,max_width") || keys.max_height !== keys.max_width) {
    throw fields.bad("size", "an object whose max_height and max_width are the same");
  }
  return keys.max_height!;
}

/** Returns the size within the budget. Source: `navit_resize`. */
export function reduced({ width, height }: Size, { patch, most, along }: PatchBudget): Size {
  const patches = (side: number) => Math.max(1, Math.floor(side / patch));
  const longest = along * patch;
  const scale = Math.min(
    1,
    Math.sqrt(most / (patches(width) * patches(height))),
    longest / width,
    longest / height,
  );
  const within = (side: number) => Math.min(longest, Math.max(1, Math.trunc(side * scale)));
  return { width: within(width), height: within(height) };
}
