import type { Composer } from "../../../plan/composer.ts";
import { type Size, sizeText } from "../../../plan/geometry.ts";
import { sizeRows } from "../../../plan/integers.ts";
import { GLOBALS } from "../../../plan/plan.ts";
import { WHITE } from "../../../plan/tables/values.ts";
import { flatMapInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { eachPicture, eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { mostInSteps, whole } from "../../parts/placements.ts";
import { exactSize } from "../../parts/size_keys.ts";
import { type Grid, nearestGrid } from "../../parts/tile_grids.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { MOST_TILES, refusal } from "../../refusal.ts";
import { TILES } from "../../tiled/tiled_recipe.ts";
import { gridsOfSet } from "./set_grids.ts";

const NAME = "phi4_multimodal";

/** The output of tiles. */
const OUTPUT = "image_pixel_values";

/** The tokens of all of a picture, and those that part it from its tiles. Source: `num_img_tokens`. */
const WHOLE_TOKENS = 256 + 16, SEPARATORS = 1;

/**
 * Phi-4-multimodal. A picture is fitted into a grid of tiles, with white right of it and below it. Before its
 * tiles stands a global view of them: floats, read from the normalised grid without antialias. Zeros follow
 * up to the call's most tiles.
 *
 * Outputs: `image_pixel_values` `[pictures, tiles, 3, side, side]`, `image_sizes` `[pictures, 2]` (the grid's
 * height and width in pixels), `image_attention_mask` `[pictures, tiles, patches, patches]` in f32,
 * `num_img_tokens` `[pictures]`. A call for bytes has the global views as floats in `global_values`.
 *
 * Source: transformers `models/phi4_multimodal/image_processing_phi4_multimodal.py`.
 */
export function phi4Multimodal(fields: Fields): ProcessorRecipe {
  const { filter, values } = commonFields(fields, { filter: "bicubic", ...HALVES });
  fields.setAside("do_resize");
  if (filter !== "bicubic") throw fields.bad("resample", "3, bicubic, by which global views are read");
  const tile = exactSize(fields, "size") ?? { width: 448, height: 448 }, side = tile.height;
  if (tile.width !== side) throw fields.bad("size", "a square");
  const patch = fields.count("patch_size") ?? 14, most = fields.count("dynamic_hd", MOST_TILES) ?? 36;
  const patches = Math.floor(side / patch);
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const fits = yield* eachSize(composer.pictures, (picture) => fitOf(picture, side, most));
      const tiles = yield* mapInSteps(fits, ({ grid: { columns, rows } }) => columns * rows);
      const largest = yield* mostInSteps(tiles), full = { width: patches, height: patches };
      const texts = yield* eachPicture(composer, (picture, index) => {
        const fit = fits[index], { columns, rows } = fit.grid;
        const main = addTiles(composer, index, fit, tile);
        const masks = masksOf(fit, patch, patches), count = tokensOf(masks);
        composer.image({
          size: picture,
          main,
          grid: [rows, columns],
          output: OUTPUT,
          tokens: count,
          parts: [["<|endoftext10|>", count]],
        });
        composer.blankAfter(OUTPUT, largest - tiles[index]);
        const covered = masks.rows.flatMap((height) => masks.columns.map((width) => ({ width, height })));
        return { tokens: count, ones: [full, ...covered, ...Array<Size>(largest - tiles[index]).fill(full)] };
      });
      const ones = yield* flatMapInSteps(texts, ({ ones }) => ones);
      const tokens = yield* mapInSteps(texts, ({ tokens }) => tokens);
      const global = composer.dtype === "u8" ? 0 : 1, { length } = fits;
      composer.returnGroups(OUTPUT, length, largest + global);
      composer.integers("image_sizes", yield* sizeRows(yield* mapInSteps(fits, ({ canvas }) => canvas)));
      const shape = [length, largest + 1, patches, patches];
      composer.integers("image_attention_mask", { dtype: "f32", shape, values: { ones } });
      composer.integers("num_img_tokens", { dtype: "i64", shape: [length], values: tokens });
    },
  };
}

/** The place of a picture on its grid of tiles. */
interface GridFit {
  /** The grid. */
  grid: Grid;
  /** The grid's size, pixels. */
  canvas: Size;
  /** The size that the picture is resized to. */
  content: Size;
}

/**
 * Fits a picture into a grid: the one that it covers already, or where that has too many tiles the one of the
 * nearest aspect.
 * Source: `dynamic_preprocess`.
 * @throws {VitrailError} `shape` where a side would have fewer than 10 pixels, as Python fails there.
 */
function fitOf(picture: Size, side: number, most: number): GridFit {
  const { width, height } = picture;
  const covering = { columns: Math.ceil(width / side), rows: Math.ceil(height / side) };
  const grid = covering.columns * covering.rows > most
    ? nearestGrid(picture, { size: { width: side, height: side }, least: 1, most }, gridsOfSet(1, most))
    : covering;
  const canvas = { width: side * grid.columns, height: side * grid.rows };
  const across = canvas.width / width, down = canvas.height / height;
  const content = across < down
    ? { width: canvas.width, height: Math.trunc(height * across) }
    : { width: Math.trunc(width * down), height: canvas.height };
  if (Math.min(content.width, content.height) >= 10) return { grid, canvas, content };
  throw refusal(NAME, picture, `it would be ${sizeText(content)}, and a side has 10 pixels at least`);
}

/** Appends a picture's tiles, and before them their global view. Returns the view that is cut. */
function addTiles(composer: Composer, index: number, { canvas, content }: GridFit, tile: Size): number {
  const bytes = composer.dtype === "u8", output = bytes ? GLOBALS : OUTPUT;
  const sizes = { p: tile.height, q: tile.width };
  const cut = () => composer.target(OUTPUT, canvas, TILES, sizes);
  const first = bytes ? cut() : undefined; // so that the output of tiles stays the main one
  const target = composer.target(output, tile, "c p q -> 1 c p q", {}, bytes ? "f32" : composer.dtype);
  composer.global({ view: composer.nextView + 1, canvas: tile, target, fused: true });
  return composer.canvas({
    canvas,
    fill: WHITE,
    // The class names no filter here, and torchvision's own is bilinear.
    placements: [whole({ picture: index }, composer.pictures[index], content, "bilinear")],
    target: first ?? cut(),
  });
}

/** The patches that attention masks keep, as sums over the grid. */
interface Masks {
  /** The columns of patches that each column of tiles keeps. */
  columns: number[];
  /** The lines of patches that each row of tiles keeps. */
  rows: number[];
}

/** Returns what masks keep of each tile: all patches but those that are padding as a whole. */
function masksOf({ grid, canvas, content }: GridFit, patch: number, patches: number): Masks {
  const along = (tiles: number, length: number, inner: number) => {
    const kept = patches * tiles - Math.floor((length - inner) / patch);
    return Array.from({ length: tiles }, (_, i) => Math.min(patches, Math.max(0, kept - i * patches)));
  };
  return {
    columns: along(grid.columns, canvas.width, content.width),
    rows: along(grid.rows, canvas.height, content.height),
  };
}

/**
 * Counts a picture's tokens: of every tile every second patch that the mask keeps, along both sides, and one
 * more for each line of them.
 */
function tokensOf({ columns, rows }: Masks): number {
  const halved = (kept: number[]) => kept.reduce((sum, count) => sum + Math.ceil(count / 2), 0);
  return WHOLE_TOKENS + SEPARATORS + halved(rows) * halved(columns) + halved(rows);
}
