import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { HALVES } from "../../parts/common_fields.ts";
import { type Grid, mergedPatching, mergedTokens, patchFields, patchRecipe } from "../../parts/patches.ts";
import { inSetOrder } from "../python_set.ts";
import { roundHalfEven } from "../../parts/resized_size.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/** The pattern whose rows are patches in row-major order, frame by frame. */
export const PATCHES = "c (h p) (w q) -> (h w) (t c p q)";

/**
 * Muse Glimmer. A picture gets the grid of tokens whose aspect is nearest to its own, `max_image_tokens`
 * (4096 by default) at most. Patches are in row-major order, and frames follow one another in each of them.
 *
 * Outputs: `pixel_values` `[patches, t · 3 · p · p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token, `<|patch|>` by default; two marks stand around a picture's tokens.
 *
 * Source: transformers `models/muse_glimmer/image_processing_muse_glimmer.py`, `processing_muse_glimmer.py`.
 */
export function museGlimmer(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 2, { filter: "lanczos", ...HALVES });
  const most = fields.count("max_image_tokens") ?? 4096;
  const token = fields.text("image_token") ?? "<|patch|>";
  const side = own.patch * own.merge;
  const patching = mergedPatching(own, token, (picture) => {
    const [rows, columns] = nearestTokenGrid(picture, side, most);
    return { width: columns * side, height: rows * side };
  });
  return patchRecipe("muse_glimmer", fields, own, {
    ...patching,
    pattern: PATCHES,
    sizes: { p: own.patch, q: own.patch, t: own.time },
    expand(grid) {
      const text = mergedTokens(patching, grid);
      return { ...text, parts: ["<|image_start|>", ...text.parts, "<|image_end|>"] };
    },
  });
}

/**
 * Returns the grid of tokens whose aspect is nearest to the picture's. Of several equally near, as a square
 * has them, Python takes the one that comes first in a set. Source: `smart_resize`.
 */
export function nearestTokenGrid({ width, height }: Size, side: number, most: number): Grid {
  let rows = height / side, columns = width / side;
  const ratio = columns / rows;
  if (rows * columns > most) {
    rows = Math.sqrt(most / ratio);
    columns = rows * ratio;
  }
  const wholes = (count: number) => [Math.floor(count), Math.ceil(count)];
  const all = wholes(rows).flatMap((row) => wholes(columns).map((column): Grid => [row, column]));
  const valid = inSetOrder(all).filter(([r, c]) => r >= 1 && c >= 1 && r * c <= most);
  if (valid.length === 0) return [Math.max(1, roundHalfEven(rows)), Math.max(1, roundHalfEven(columns))];
  const distance = ([r, c]: Grid) => Math.abs(r / c - height / width);
  return valid.reduce((best, grid) => distance(grid) < distance(best) ? grid : best);
}
