import type { Composer } from "../../plan/composer.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import { type Size, sizeOf, wholeOf } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { commonOf, HALVES } from "../parts/common_fields.ts";
import { bestResolution, keptAspect, pinpointSizes, resolutionsOf, squaresOf } from "../parts/resolutions.ts";

/** The class's `split_resolutions`, in squares of 490: rows, columns. */
const SPLITS = [
  ...[[1, 2], [1, 3], [1, 4], [1, 5], [1, 6], [1, 7], [1, 8], [2, 4], [2, 3], [2, 2]],
  ...[[2, 1], [3, 1], [3, 2], [4, 1], [4, 2], [5, 1], [6, 1], [7, 1], [8, 1]],
] as const;

/**
 * Aria: every picture, or with `split_image` every square of its best resolution, scaled until its longer side is `max_image_size`
 * and its shorter at least `min_image_size`, at the top left of a black square: `pixel_values` `[crops, 3, side, side]`,
 * `pixel_mask` `[crops, side, side]`, `num_crops` `[1]`, the most that a picture of the call has. By that count the processor
 * expands every picture of the call, those with fewer crops too: `size_conversion` says how many tokens a crop is (128 at
 * 490, 256 at 980).
 * Source: transformers `models/aria/image_processing_pil_aria.py`, `_preprocess`; `processing_aria.py`, `__call__`.
 */
export function aria(fields: Fields): ProcessorRecipe {
  const { filter, values } = commonOf(fields, { filter: "bicubic", mean: HALVES, std: HALVES });
  const side = fields.number("max_image_size", "490 or 980", (n) => n === 490 || n === 980) ?? 980;
  const least = fields.count("min_image_size") ?? 336;
  if (least > side) throw fields.bad("min_image_size", `at most max_image_size, ${side}`);
  const split = fields.boolean("split_image") ?? false;
  const resolutions = resolutionsOf(fields, "split_resolutions") ??
    pinpointSizes(SPLITS.map(([rows, columns]) => [rows * 490, columns * 490]));
  const each = tokensOf(fields, side), token = fields.text("image_token") ?? "<|img|>";
  return {
    kind: "processor",
    name: "aria",
    parameters: fields.given(),
    values,
    compose(composer: Composer) {
      const { pictures } = composer;
      const bests = pictures.map((picture) => split ? bestResolution(picture, resolutions) : undefined);
      const most = Math.max(...bests.map((best) => best ? squaresOf(best, side).length : 1));
      const tokens = each === undefined ? undefined : most * each;
      const placeholder = tokens === undefined ? undefined : token.repeat(tokens);
      const ones: Size[] = [];
      for (const [index, size] of pictures.entries()) {
        const { main, grid, contents } = composeCrops(composer, index, { side, least, filter }, bests[index]);
        composer.image({ size, main, grid, tokens, placeholder });
        ones.push(...contents);
      }
      composer.integers("pixel_mask", { dtype: "bool", shape: [ones.length, side, side], values: { ones } });
      composer.integers("num_crops", { dtype: "i64", shape: [1], values: [most] });
    },
  };
}

/** What a crop is scaled to, and how. */
interface Scaling {
  side: number;
  least: number;
  filter: Filter;
}

/** A picture's crops, each a row: it itself, or the squares of it on its best resolution. */
function composeCrops(composer: Composer, index: number, { side, least, filter }: Scaling, best?: Size) {
  const picture = composer.pictures[index], square = { width: side, height: side };
  const sheet = best && composer.canvas({
    canvas: best,
    fill: [0, 0, 0],
    placements: [keptAspect(index, picture, best, filter)],
  });
  const source = sheet === undefined ? { picture: index } : { view: sheet };
  const boxes = best ? squaresOf(best, side) : [wholeOf(picture)];
  const contents = boxes.map((box) => scaled(sizeOf(box), side, least));
  const [first] = boxes.map((box, crop) => {
    const offset = { x: 0, y: 0 }, order = "horizontal-first" as const;
    return composer.canvas({
      canvas: square,
      fill: [0, 0, 0],
      placements: [{ source, crop: box, cut: box, content: contents[crop], offset, filter, order }],
      target: composer.target(PIXELS, square, "c h w -> 1 c h w"),
    });
  });
  const grid: [number, number] = best
    ? [Math.ceil(best.height / side), Math.ceil(best.width / side)]
    : [1, 1];
  return { main: sheet ?? first, grid, contents };
}

/** The processor's `size_conversion` at this side. */
function tokensOf(fields: Fields, side: number): number | undefined {
  const sizes = fields.take("size_conversion", "an object of token counts by side, in pixels", (value) => {
    if (typeof value !== "object" || Array.isArray(value)) return undefined;
    const counts = Object.values(value as object);
    return counts.every((n) => Number.isInteger(n) && n > 0) ? value as Record<string, number> : undefined;
  }) ?? { 490: 128, 980: 256 };
  return (sizes as Record<string, number>)[side];
}

/** The longer side at `side`, the other in proportion, truncated, and no less than `least`. */
function scaled({ width, height }: Size, side: number, least: number): Size {
  const scale = side / Math.max(width, height);
  const shorter = (length: number) => Math.max(Math.trunc(length * scale), least);
  return width >= height ? { width: side, height: shorter(height) } : { width: shorter(width), height: side };
}
