import type { Composer } from "../../../plan/composer.ts";
import type { Size } from "../../../plan/geometry.ts";
import { partsBetween, type TextPart } from "../../../plan/image_text.ts";
import { sizeRows } from "../../../plan/integers.ts";
import { PIXELS } from "../../../plan/plan.ts";
import type { Filter } from "../../../plan/tables/filters.ts";
import { BLACK, type Normalisation } from "../../../plan/tables/values.ts";
import { flatMapInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { listOnDemand, LongList, readerOf } from "../../../runtime/long_list.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { whole } from "../../parts/placements.ts";
import { roundHalfEven } from "../../parts/resized_size.ts";
import { type Grid, ONE_TILE } from "../../parts/tile_grids.ts";
import type { Composing, ProcessorRecipe } from "../../recipe.ts";
import { MOST_TILES, refusal } from "../../refusal.ts";

const NAME = "minicpmv4_6";

/** The pattern whose rows are patches, slice by slice of a grid of them. */
const SLICES = "c (m h p) (n w q) -> (m n h w) c p q";

/** The order in which all patches are returned: joined along the last axis. */
export const JOINED = "n c p q -> 1 c p (n q)";

/**
 * MiniCPM-V 4.6. All of a picture is resized near to a square's area. A larger one is also stretched over a
 * grid of slices, whose patches follow.
 *
 * Outputs: `pixel_values` `[1, 3, p, columns]`, the patches of all pictures side by side (the plan counts a
 * row a patch, `[3, p, p]`); `target_sizes` `[slices, 2]`, patches down and across, in i32; `grids`, lists by
 * picture of slices down and across, 0 and 0 where there are none; `num_patches_per_image` `[pictures]`,
 * which Python has as a list.
 *
 * Source: transformers `models/minicpmv4_6/image_processing_pil_minicpmv4_6.py`,
 * `processing_minicpmv4_6.py`.
 */
export function miniCpmV46(fields: Fields): ProcessorRecipe {
  const { values, rule } = slicing(fields);
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const shapes = new LongList<Size>(), grids = new LongList<Grid | undefined>();
      const { pictures } = composer, pictureAt = readerOf(pictures);
      for (let index = 0; index < pictures.length; index++) {
        const { main, grid, slices, tokens } = composeSlices(composer, index, rule, PIXELS);
        const { rows, columns } = grid ?? ONE_TILE, token = "<|image_pad|>";
        yield composer.image({
          size: pictureAt(index),
          main,
          grid: [rows, columns],
          tokens: tokens.reduce((a, b) => a + b),
          parts: [numberText(rule, index), ...slicesText(tokens, grid, token)],
          token,
        });
        for (const slice of slices) shapes.push(slice);
        grids.push(grid);
      }
      yield* finish(composer, shapes.list(), grids.list());
    },
  };
}

/** The rule by which pictures are resized and sliced. */
export interface SliceRule {
  /** The most slices. */
  readonly most: number;
  /** The side of the square to whose area pictures and slices are resized. */
  readonly side: number;
  /** The side of a patch. */
  readonly patch: number;
  /** True where large pictures are sliced. */
  readonly sliced: boolean;
  /** Patches that become one token. */
  readonly merged: number;
  /** True where a picture's text begins with its number. */
  readonly numbered: boolean;
  readonly doResize: boolean;
  readonly filter: Filter;
}

/** Reads the rule by which pictures are resized and sliced, and the one by which bytes become values. */
export function slicing(fields: Fields): { rule: SliceRule; values: Normalisation } {
  const { doResize, filter, backend, values } = commonFields(fields, { filter: "bicubic", ...HALVES });
  if (!doResize && backend !== "pil") {
    throw fields.bad("do_resize", "true with torchvision, whose class fails without (or take backend pil)");
  }
  const most = fields.count("max_slice_nums", MOST_TILES) ?? 9,
    side = fields.count("scale_resolution") ?? 448;
  const patch = fields.count("patch_size") ?? 14, sliced = fields.boolean("slice_mode") ?? true;
  const merged = fields.text("downsample_mode") === "4x" ? 4 : 16;
  const numbered = fields.boolean("use_image_id") ?? true;
  return { rule: { most, side, patch, sliced, merged, numbered, doResize, filter }, values };
}

/** A picture that was resized and sliced. */
export interface SlicedPicture {
  /** The view that stands for it: that of its slices where it has some. */
  main: number;
  /** The grid of its slices; absent where there are none. */
  grid?: Grid;
  /** The patches across and down of all of it, and then of each slice. */
  slices: Size[];
  /** The tokens of each of these. */
  tokens: number[];
}

/**
 * Composes all of a picture, and then its slices, a row a patch.
 * @throws {VitrailError} `shape` where it is not resized, and not of whole patches.
 */
export function composeSlices(
  composer: Composer,
  index: number,
  { most, side, patch, sliced, merged, doResize, filter }: SliceRule,
  output: string,
): SlicedPicture {
  const picture = composer.pictures[index], slices: Size[] = [];
  const add = (canvas: Size, { columns, rows }: Grid) => {
    const shape = { width: canvas.width / columns / patch, height: canvas.height / rows / patch };
    if (![shape.width, shape.height].every(Number.isInteger)) {
      throw refusal(NAME, picture, `do_resize is false, and its slices are not made of whole patches`);
    }
    const sizes = { m: rows, n: columns, h: shape.height, w: shape.width, p: patch, q: patch };
    slices.push(...Array(columns * rows).fill(shape));
    return composer.canvas({
      canvas,
      fill: BLACK,
      placements: [whole({ picture: index }, picture, canvas, filter)],
      target: composer.target(output, canvas, SLICES, sizes),
    });
  };
  const grid = sliced ? slicedGrid(picture, most, side) : undefined;
  const source = add(doResize ? resizedTo(picture, side, patch, grid === undefined) : picture, ONE_TILE);
  const main = grid ? add(doResize ? refined(picture, grid, side, patch) : picture, grid) : source;
  return {
    main,
    grid,
    slices,
    tokens: slices.map(({ width, height }) => Math.floor(width * height / merged)),
  };
}

/** Adds what the sizes alone decide, and says how patches are joined. */
function* finish(
  composer: Composer,
  shapes: readonly Size[],
  grids: readonly (Grid | undefined)[],
): Composing {
  const { length } = grids;
  const flat = yield* flatMapInSteps(grids, (grid) => grid ? [grid.rows, grid.columns] : [0, 0]);
  const counts = yield* mapInSteps(grids, (grid) => 1 + (grid ? grid.rows * grid.columns : 0));
  composer.returnArranged(PIXELS, JOINED);
  composer.integers("target_sizes", { ...yield* sizeRows(shapes), dtype: "i32" });
  composer.integers("grids", {
    dtype: "i64",
    shape: [2 * length],
    values: flat,
    lists: listOnDemand(length, () => 2),
  });
  composer.integers("num_patches_per_image", { dtype: "i64", shape: [length], values: counts });
}

/** The nearest multiple of `step`, halves to even, one of them at least. Source: `ensure_divide`. */
function wholeSteps(length: number, step: number): number {
  return Math.max(roundHalfEven(length / step) * step, step);
}

/**
 * The size of whole tokens that all of a picture is resized to, near to the area of a square of `side`.
 * Source: `find_best_resize`.
 * @param enlarged true where smaller pictures grow
 */
function resizedTo({ width, height }: Size, side: number, patch: number, enlarged: boolean): Size {
  const aspect = width / height, resized = enlarged || height * width > side * side;
  const down = resized ? Math.trunc(side / Math.sqrt(aspect)) : height;
  const across = resized ? Math.trunc(down * aspect) : width;
  return { width: wholeSteps(across, patch * 4), height: wholeSteps(down, patch * 4) };
}

/** The size of a grid of slices. Source: `get_refine_size`. */
function refined({ width, height }: Size, { columns, rows }: Grid, side: number, patch: number): Size {
  const slice = { width: wholeSteps(width, columns) / columns, height: wholeSteps(height, rows) / rows };
  const best = resizedTo(slice, side, patch, true);
  return { width: best.width * columns, height: best.height * rows };
}

/**
 * The grid of a picture's slices: of about as many as its area has squares of `side`, the one whose aspect is
 * nearest; none where that is one.
 * Source: `get_sliced_grid`.
 */
function slicedGrid({ width, height }: Size, most: number, side: number): Grid | undefined {
  const aspect = Math.log(width / height);
  const count = Math.min(Math.ceil(width * height / (side * side)), most);
  if (count <= 1) return undefined;
  let best = ONE_TILE, nearest = Infinity;
  for (const slices of [count - 1, count, count + 1]) {
    if (slices === 1 || slices > most) continue;
    for (let columns = 1; columns <= slices; columns++) {
      if (slices % columns !== 0) continue;
      const grid = { columns, rows: slices / columns };
      const distance = Math.abs(aspect - Math.log(grid.columns / grid.rows));
      if (distance < nearest) [best, nearest] = [grid, distance];
    }
  }
  return best;
}

/** The number of a picture, or a clip, in the call, as its text begins with it. */
export function numberText({ numbered }: SliceRule, number: number): string {
  return numbered ? `<image_id>${number}</image_id>` : "";
}

/**
 * The text that stands for a picture: all of it, then its slices, a line a row.
 * Source: `models/minicpmv4_6/processing_minicpmv4_6.py`, `__call__`.
 * @param counts the tokens of all of it, then those of each slice
 */
export function slicesText(
  [all, each = 0]: readonly number[],
  grid: Grid | undefined,
  token: string,
): TextPart[] {
  const { columns, rows } = grid ?? { columns: 0, rows: 0 };
  const line = Array<TextPart[]>(columns).fill(["<slice>", [token, each], "</slice>"]).flat();
  return ["<image>", [token, all], "</image>", ...partsBetween(Array(rows).fill(line), "\n")];
}
