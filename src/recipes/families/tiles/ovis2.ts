import type { Size } from "../../../plan/geometry.ts";
import { type ImageText, partsBetween, type TextPart } from "../../../plan/image_text.ts";
import { flatMapInSteps } from "../../../runtime/in_steps.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { cropOf, resizeKeys } from "../../parts/size_keys.ts";
import {
  composeGrid,
  type Cropping,
  croppingOf,
  type Grid,
  gridsOf,
  nearestGrid,
  ONE_TILE,
} from "../../parts/tile_grids.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/** The share of a picture that a grid of tiles has to cover at its own resolution. */
const COVERED = 0.9;

/**
 * Ovis2. With `crop_to_patches` a picture becomes its whole as one tile, and then the tiles of a grid.
 * Without it the whole is the only tile.
 *
 * Outputs: `pixel_values` `[tiles, 3, height, width]`, `grids` `[pictures, 2]` (rows, columns). Tokens are
 * the features; the processor's `image_seq_length` says how many a tile becomes (256 by default).
 *
 * Source: transformers `models/ovis2/image_processing_pil_ovis2.py`; `processing_ovis2.py`.
 */
export function ovis2(fields: Fields): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonFields(fields, { filter: "bicubic", ...CLIP });
  const size = resizeKeys(fields, { height: 384, width: 384 }, "square");
  const steps = { filter, resampler, crop: cropOf(fields) };
  const cropping = croppingOf(fields, size);
  const gridOf = fields.boolean("use_covering_area_grid") ?? true ? coveringGrid : nearestGrid;
  const length = fields.count("image_seq_length") ?? 256;
  return {
    kind: "processor",
    name: "ovis2",
    parameters: fields.given(),
    values,
    *compose(composer) {
      const grids = yield* eachPicture(composer, (picture, index) => {
        const grid = cropping ? gridOf(picture, cropping) : ONE_TILE;
        const tile = cropping?.size ?? (doResize ? resizedSize(picture, size) : picture);
        if (grid.columns * grid.rows > 1) composeGrid(composer, index, ONE_TILE, tile, steps);
        const main = composeGrid(composer, index, grid, tile, steps);
        const expanded = expansion(grid, length);
        composer.image({ size: picture, main, grid: [grid.rows, grid.columns], ...expanded });
        return grid;
      });
      const values = yield* flatMapInSteps(grids, ({ rows, columns }) => [rows, columns]);
      composer.integers("grids", { dtype: "i64", shape: [grids.length, 2], values });
    },
  };
}

/**
 * The smallest grid whose tiles cover 90% of the picture, or else the one that covers most.
 *
 * Python's function finds rows before columns, and its caller takes them for columns before rows. So a wide
 * picture gets a tall grid, here as there.
 * Source: transformers `models/ovis2/image_processing_ovis2.py`, `get_min_tile_covering_grid` and
 * `crop_image_to_patches`.
 */
function coveringGrid(picture: Size, { size, most }: Cropping): Grid {
  let best = { grid: ONE_TILE, tiles: 1, covered: 0 };
  for (const { columns: down, rows: across } of gridsOf(1, most)) { // those of fewer tiles come first
    const tiles = down * across;
    if (best.covered > COVERED && tiles > best.tiles) break;
    const covered = coveredBy(picture, down, across, size.height);
    if (covered > best.covered) best = { grid: { columns: down, rows: across }, tiles, covered };
  }
  return best.grid;
}

/**
 * The share of a picture that keeps its resolution where its parts are shrunk to `side` at most. Grids tie in
 * mathematics, and the roundings of the sum decide between them. Python adds since 3.12 what each addition of
 * two fractions rounds off, at last; whole numbers, of parts that are not shrunk, are added plainly.
 * Source: `compute_patch_covering_area`; CPython `Python/bltinmodule.c`, `builtin_sum_impl`.
 */
function coveredBy({ width, height }: Size, down: number, across: number, side: number): number {
  const high = Math.floor(height / down), wide = Math.floor(width / across);
  let area = 0, lost = 0, rounded = false;
  for (let row = 1; row <= down; row++) {
    for (let column = 1; column <= across; column++) {
      const w = column === across ? width - (across - 1) * wide : wide;
      const h = row === down ? height - (down - 1) * high : high;
      const long = Math.max(w, h), short = Math.min(w, h), shrunk = long > side;
      const kept = shrunk ? short / long * side * side : long * short;
      const sum = area + kept;
      if (shrunk && rounded) lost += area >= kept ? area - sum + kept : kept - sum + area;
      rounded ||= shrunk;
      area = sum;
    }
  }
  return (area + lost) / (width * height);
}

/** The text that stands for a picture. Source: `models/ovis2/processing_ovis2.py`, `replace_image_token`. */
function expansion({ columns, rows }: Grid, length: number): ImageText {
  const token = "<IMG_ATOM>", atoms: TextPart[] = [[token, length]];
  const line = partsBetween(Array(columns).fill(atoms), "<IMG_COL>");
  const tiles = columns * rows > 1 ? partsBetween(Array(rows).fill(line), "<IMG_ROW>") : [];
  const tokens = length * (columns * rows > 1 ? 1 + columns * rows : 1);
  const parts = ["<IMG_START>", ...atoms, "<IMG_GRID>", ...tiles, "<IMG_END>"];
  return { tokens, parts, token, mark: "<image>" };
}
