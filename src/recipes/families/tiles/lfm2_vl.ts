import type { Composer } from "../../../plan/composer.ts";
import { type Box, type Size, sizeText, wholeOf } from "../../../plan/geometry.ts";
import { sizeRows } from "../../../plan/integers.ts";
import { PIXELS } from "../../../plan/plan.ts";
import type { Filter } from "../../../plan/tables/filters.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import type { PixelSource } from "../../../plan/view.ts";
import { flatMapInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { maskOfPatches } from "../../parts/patches.ts";
import { part, whole } from "../../parts/placements.ts";
import { roundHalfEven } from "../../parts/resized_size.ts";
import { squaresOf } from "../../parts/resolutions.ts";
import { type Grid, nearestGrid, ONE_TILE } from "../../parts/tile_grids.ts";
import type { Composing, ProcessorRecipe } from "../../recipe.ts";
import { MOST_ROWS, MOST_TILES, refusal } from "../../refusal.ts";
import { type LfmSizes, lfmText } from "./lfm2_vl_text.ts";
import { gridsOfSet } from "./set_grids.ts";

const NAME = "lfm2_vl";

/** The pattern whose rows are a tile's patches, channels last, and the one of a grid of such tiles. */
const PATCHES = "c (h p) (w q) -> (h w) (p q c)", TILED = "c (m h p) (n w q) -> (m n h w) (p q c)";

/** The fields of the class. */
interface LfmFields extends LfmSizes {
  /** The fewest tokens of a picture. */
  least: number;
  /** The most tokens of a picture that is not cut. */
  most: number;
  /** By how often its most pixels a picture exceeds them before it is cut. */
  tolerance: number;
  /** The bounds of a picture's count of tiles; absent where none is cut. */
  tiles?: { least: number; most: number };
  /** The rows of a tile, zeros included; absent where tiles are not filled up. */
  rows?: number;
  /** The filter that resamples. */
  filter: Filter;
}

/**
 * LFM2-VL. A picture is resized within a budget of tokens. One that is much larger is stretched over the grid
 * of tiles whose aspect is nearest, and what the budget makes of it follows the tiles. Each tile, and each
 * picture that is not cut, becomes rows of patches, filled up with zeros.
 *
 * Outputs: `pixel_values` `[tiles, patches, p · p · 3]`; with `do_pad` `pixel_attention_mask` `[tiles,
 * patches]` and `spatial_shapes` `[tiles, 2]`, patches down and across; with `return_row_col_info`
 * `image_rows` and `image_cols` `[pictures]`, and `image_sizes` `[pictures, 2]`, heights and widths.
 *
 * Pictures of one size in one call are mixed up by the Python class where they have tiles; here they are not.
 *
 * Source: transformers `models/lfm2_vl/image_processing_lfm2_vl.py`, `processing_lfm2_vl.py`.
 */
export function lfm2Vl(fields: Fields): ProcessorRecipe {
  const { filter, values } = commonFields(fields, { filter: "bilinear", ...HALVES });
  fields.setAside("do_resize");
  const own = lfmFields(fields, filter);
  const info = fields.boolean("return_row_col_info") ?? false;
  const { side, patch, tiles } = own, tile = { width: side, height: side };
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const cuts = yield* eachPicture(composer, (picture, index) => {
        const size = withinTokens(picture, own);
        requireRows(picture, size, own);
        const grid = tiles && isLarge(picture, own)
          ? nearestGrid(picture, { size: tile, ...tiles }, gridsOfSet(tiles.least, tiles.most))
          : undefined;
        const main = grid && addTiles(composer, index, grid, own);
        const several = !grid || own.thumbnail && grid.columns * grid.rows > 1;
        const all = several && addFrame(composer, { picture: index }, wholeOf(picture), size, own);
        const { columns, rows } = grid ?? ONE_TILE;
        composer.image({
          size: picture,
          main: main ?? all as number,
          grid: [rows, columns],
          ...lfmText(grid ?? ONE_TILE, size, own),
        });
        const cut = grid ? Array<Size>(columns * rows).fill(tile) : [];
        const shapes = [...cut, ...several ? [size] : []].map(({ width, height }) => {
          return { width: width / patch, height: height / patch };
        });
        return { shapes, columns, rows, size };
      });
      const shapes = yield* flatMapInSteps(cuts, ({ shapes }) => shapes);
      yield* addMasks(composer, shapes, own.rows);
      if (!info) return;
      const count = [cuts.length];
      composer.integers("image_rows", {
        dtype: "i64",
        shape: count,
        values: yield* mapInSteps(cuts, ({ rows }) => rows),
      });
      composer.integers("image_cols", {
        dtype: "i64",
        shape: count,
        values: yield* mapInSteps(cuts, ({ columns }) => columns),
      });
      composer.integers("image_sizes", yield* sizeRows(yield* mapInSteps(cuts, ({ size }) => size)));
    },
  };
}

/** @throws {VitrailError} `recipe` for a value that makes no sense. */
function lfmFields(fields: Fields, filter: Filter): LfmFields {
  const patch = fields.count("encoder_patch_size") ?? 16, factor = fields.count("downsample_factor") ?? 2;
  const least = fields.count("min_image_tokens") ?? 64, most = fields.count("max_image_tokens") ?? 256;
  const splits = fields.boolean("do_image_splitting") ?? true, side = fields.count("tile_size") ?? 512;
  const tiles = {
    least: fields.count("min_tiles", MOST_TILES) ?? 2,
    most: fields.count("max_tiles", MOST_TILES) ?? 10,
  };
  if (splits && tiles.least > tiles.most) {
    throw fields.bad("min_tiles", `${tiles.most} at most, as max_tiles is`);
  }
  if (splits && side % patch !== 0) {
    throw fields.bad("tile_size", `a multiple of encoder_patch_size, ${patch}`);
  }
  fields.leaveUnused("max_num_patches"); // the class computes it of the others
  const rows = Math.max(most * factor ** 2, splits ? (side / patch) ** 2 : 0);
  if (rows > MOST_ROWS) {
    const field = splits && rows > most * factor ** 2 ? "tile_size" : "max_image_tokens";
    throw fields.bad(field, `of ${MOST_ROWS} patches at most, not ${rows}`);
  }
  return {
    patch,
    factor,
    least,
    most,
    side,
    tolerance: fields.number("max_pixels_tolerance", "a number above 0", (n) => n > 0) ?? 2,
    thumbnail: fields.boolean("use_thumbnail") ?? true,
    marked: fields.boolean("use_image_special_tokens") ?? true,
    filter,
    ...(splits && tiles.most > 1 ? { tiles } : {}),
    ...(fields.boolean("do_pad") ?? true ? { rows } : {}),
  };
}

/**
 * The nearest size of whole tokens, within the budget. No side is less than a token.
 * Source: `smart_resize`.
 */
function withinTokens({ width, height }: Size, { patch, factor, least, most }: LfmFields): Size {
  const token = patch * factor, area = width * height;
  const round = (side: number) => Math.max(token, roundHalfEven(side / token) * token);
  const size = { width: round(width), height: round(height) }, pixels = size.width * size.height;
  if (pixels > most * token ** 2) {
    const beta = Math.sqrt(area / (most * token ** 2));
    const floor = (side: number) => Math.max(token, Math.floor(side / beta / token) * token);
    return { width: floor(width), height: floor(height) };
  }
  if (pixels >= least * token ** 2) return size;
  const beta = Math.sqrt(least * token ** 2 / area);
  const ceil = (side: number) => Math.ceil(side * beta / token) * token;
  return { width: ceil(width), height: ceil(height) };
}

/** @throws {VitrailError} `shape` for a picture of more patches than rows are filled up to. */
function requireRows(picture: Size, { width, height }: Size, { patch, rows = Infinity }: LfmFields): void {
  const patches = width * height / patch ** 2;
  if (patches <= rows) return;
  throw refusal(NAME, picture, `it would have ${patches} patches, and max_image_tokens allows ${rows}`);
}

/** Tells whether a picture is cut into tiles. Source: `_is_image_too_large`. */
function isLarge({ width, height }: Size, { patch, factor, most, tolerance }: LfmFields): boolean {
  const token = patch * factor;
  const round = (side: number) => Math.max(patch, roundHalfEven(side / token) * token);
  return round(height) * round(width) > most * token ** 2 * tolerance;
}

/** Stretches a picture over a grid of tiles and cuts it, tile by tile. Returns the view that is cut. */
function addTiles(composer: Composer, index: number, grid: Grid, own: LfmFields): number {
  const { side, patch, rows } = own, along = side / patch;
  const canvas = { width: grid.columns * side, height: grid.rows * side };
  const placements = [whole({ picture: index }, composer.pictures[index], canvas, own.filter)];
  const sheet = { canvas, fill: BLACK, placements };
  if (rows === undefined || rows === along ** 2) {
    const sizes = { h: along, w: along, p: patch, q: patch };
    return composer.canvas({ ...sheet, target: composer.target(PIXELS, canvas, TILED, sizes) });
  }
  const view = composer.canvas(sheet);
  for (const box of squaresOf(canvas, side)) {
    addFrame(composer, { view }, box, { width: side, height: side }, own);
  }
  return view;
}

/** Appends a box of a source as the patches of one tile, and zeros after them. Returns its view. */
function addFrame(composer: Composer, source: PixelSource, box: Box, size: Size, own: LfmFields): number {
  const { patch, rows } = own;
  const view = composer.canvas({
    canvas: size,
    fill: BLACK,
    placements: [part(source, box, size, own.filter)],
    target: composer.target(PIXELS, size, PATCHES, { p: patch, q: patch }),
  });
  const patches = size.width * size.height / patch ** 2;
  if (rows === undefined) return view;
  composer.blank(PIXELS, rows - patches);
  return view;
}

/**
 * Returns rows by tile, and adds what tells zeros from patches.
 * @param rows the rows of a tile; absent where tiles have no zeros
 * @throws {VitrailError} `shape` where tiles without zeros differ, as Python fails there. `limit` for more
 * tiles than a mask can have.
 */
function* addMasks(composer: Composer, shapes: readonly Size[], rows: number | undefined): Composing {
  const counts = yield* mapInSteps(shapes, ({ width, height }) => width * height), [first] = shapes;
  if (rows === undefined) {
    const other = shapes.findIndex((_, index) => counts[index] !== counts[0]);
    if (other > 0) {
      const found = `${sizeText(first)} and ${sizeText(shapes[other])} patches`;
      throw refusal(NAME, composer.pictures[0], `do_pad is false, and tiles of the call have ${found}`);
    }
    yield* composer.returnEachInSteps(PIXELS, counts);
    return;
  }
  composer.returnGroups(PIXELS, counts.length, rows);
  composer.integers("pixel_attention_mask", maskOfPatches(counts, rows));
  composer.integers("spatial_shapes", yield* sizeRows(shapes));
}
