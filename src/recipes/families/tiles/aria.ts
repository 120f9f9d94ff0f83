import type { Composer } from "../../../plan/composer.ts";
import { type Size, sizeOf, wholeOf } from "../../../plan/geometry.ts";
import type { TextPart } from "../../../plan/image_text.ts";
import { PIXELS } from "../../../plan/plan.ts";
import type { Filter } from "../../../plan/tables/filters.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import { flatMapInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { eachPicture, eachSize } from "../../each_picture.ts";
import { type Fields, isCount } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { mostInSteps, part } from "../../parts/placements.ts";
import {
  bestResolution,
  keptAspect,
  pinpointSizes,
  requireSquares,
  resolutionsOf,
  squareGrid,
  squaresOf,
} from "../../parts/resolutions.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/** The class's `split_resolutions`, in squares of 490: rows, columns. */
const SPLITS = [
  ...[[1, 2], [1, 3], [1, 4], [1, 5], [1, 6], [1, 7], [1, 8], [2, 4], [2, 3], [2, 2]],
  ...[[2, 1], [3, 1], [3, 2], [4, 1], [4, 2], [5, 1], [6, 1], [7, 1], [8, 1]],
] as const;

/**
 * Aria. A crop is a picture, or with `split_image` a square of its best resolution. It is scaled until its
 * longer side is `max_image_size` and its shorter at least `min_image_size`, and lies at the top left of a
 * black square.
 *
 * Outputs: `pixel_values` `[crops, 3, side, side]`, `pixel_mask` `[crops, side, side]`, `num_crops` `[1]`,
 * the most crops that a picture of the call has. The processor expands every picture of the call by that
 * count, those with fewer crops too. `size_conversion` says how many tokens a crop is (128 at 490, 256 at
 * 980).
 *
 * Source: transformers `models/aria/image_processing_pil_aria.py`, `_preprocess`; `processing_aria.py`,
 * `__call__`.
 */
export function aria(fields: Fields): ProcessorRecipe {
  const { filter, values } = commonFields(fields, { filter: "bicubic", ...HALVES });
  if (fields.value("size") == null && fields.boolean("do_resize")) {
    throw fields.bad("size", "given where do_resize is true, though nothing reads it");
  }
  fields.setAside("size", "do_resize");
  const side = fields.number("max_image_size", "490 or 980", (n) => n === 490 || n === 980) ?? 980;
  const least = fields.count("min_image_size") ?? 336;
  if (least > side) throw fields.bad("min_image_size", `at most max_image_size, ${side}`);
  const split = fields.boolean("split_image") ?? false;
  const resolutions = resolutionsOf(fields, "split_resolutions") ??
    pinpointSizes(SPLITS.map(([rows, columns]) => [rows * 490, columns * 490]));
  requireSquares(fields, "split_resolutions", resolutions, side);
  const each = tokensOf(fields, side);
  const token = fields.text("image_token") ?? "<|img|>";
  return {
    kind: "processor",
    name: "aria",
    parameters: fields.given(),
    values,
    *compose(composer) {
      const { pictures } = composer;
      const bests = yield* eachSize(
        pictures,
        (picture) => split ? bestResolution(picture, resolutions) : undefined,
      );
      const most = yield* mostInSteps(
        yield* mapInSteps(bests, (best) => best ? squaresOf(best, side).length : 1),
      );
      const tokens = each === undefined ? undefined : most * each;
      const parts: TextPart[] | undefined = tokens === undefined ? undefined : [[token, tokens]];
      const crops = yield* eachPicture(composer, (size, index) => {
        const { main, grid, contents } = composeCrops(composer, index, { side, least, filter }, bests[index]);
        composer.image({ size, main, grid, tokens, parts, token });
        return contents;
      });
      const ones = yield* flatMapInSteps(crops, (contents) => contents);
      composer.integers("pixel_mask", { dtype: "bool", shape: [ones.length, side, side], values: { ones } });
      composer.integers("num_crops", { dtype: "i64", shape: [1], values: [most] });
    },
  };
}

/** The bounds that a crop is scaled to, and the filter. */
interface Scaling {
  side: number;
  least: number;
  filter: Filter;
}

/** Composes a picture's crops, each a row: the picture itself, or the squares of its best resolution. */
function composeCrops(composer: Composer, index: number, { side, least, filter }: Scaling, best?: Size) {
  const picture = composer.pictures[index], square = { width: side, height: side };
  const sheet = best && composer.canvas({
    canvas: best,
    fill: BLACK,
    placements: [keptAspect(index, picture, best, filter)],
  });
  const source = sheet === undefined ? { picture: index } : { view: sheet };
  const boxes = best ? squaresOf(best, side) : [wholeOf(picture)];
  const contents = boxes.map((box) => scaled(sizeOf(box), side, least));
  const [first] = boxes.map((box, crop) =>
    composer.canvas({
      canvas: square,
      fill: BLACK,
      placements: [part(source, box, contents[crop], filter)],
      target: composer.target(PIXELS, square, "c h w -> 1 c h w"),
    })
  );
  const grid: [number, number] = best ? squareGrid(best, side) : [1, 1];
  return { main: sheet ?? first, grid, contents };
}

/** The tokens of a crop of this side, by the processor's `size_conversion`. */
function tokensOf(fields: Fields, side: number): number | undefined {
  const sizes = fields.take("size_conversion", "an object of token counts by side, in pixels", (value) => {
    if (typeof value !== "object" || Array.isArray(value)) return undefined;
    return Object.values(value as object).every(isCount) ? value as Record<string, number> : undefined;
  }) ?? { 490: 128, 980: 256 };
  return (sizes as Record<string, number>)[side];
}

/** The longer side at `side`; the shorter in proportion, truncated, and no less than `least`. */
function scaled({ width, height }: Size, side: number, least: number): Size {
  const scale = side / Math.max(width, height);
  const shorter = (length: number) => Math.max(Math.trunc(length * scale), least);
  return width >= height ? { width: side, height: shorter(height) } : { width: shorter(width), height: side };
}
