import type { Composer } from "../../../plan/composer.ts";
import type { Size } from "../../../plan/geometry.ts";
import { PIXELS } from "../../../plan/plan.ts";
import type { Filter } from "../../../plan/tables/filters.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import { flatMapInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { listOnDemand } from "../../../runtime/long_list.ts";
import { eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { picturesBySample } from "../../parts/compose_samples.ts";
import { mostInSteps, mostOf, whole } from "../../parts/placements.ts";
import { exactSize } from "../../parts/size_keys.ts";
import type { Composing, ProcessorRecipe } from "../../recipe.ts";
import { MOST_TILES } from "../../refusal.ts";
import { TILES } from "../../tiled/tiled_recipe.ts";

/** Tiles of a canvas, rows by columns. */
type Arrangement = readonly [rows: number, columns: number];

/**
 * Llama 3.2 Vision. A picture lies at the top left of the canvas of square tiles that fits it best, black
 * around it. Every picture is filled up to `max_image_tiles` tiles. Transparency is composited over white.
 *
 * Outputs: `pixel_values` `[samples, pictures, tiles, 3, side, side]`, `aspect_ratio_ids`
 * `[samples, pictures]`, `aspect_ratio_mask` `[samples, pictures, tiles]`, `num_tiles`, lists by sample. A
 * picture is one token in the text, since its features enter by cross-attention.
 *
 * Source: transformers `models/mllama/image_processing_pil_mllama.py`, `processing_mllama.py`.
 */
export function mllama(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values } = commonFields(fields, { filter: "bilinear", ...HALVES });
  if (!doResize) throw fields.bad("do_resize", "true: the class does not do without");
  if (fields.boolean("do_pad") === false) throw fields.bad("do_pad", "true: the class does not do without");
  const tile = exactSize(fields, "size") ?? { width: 224, height: 224 };
  if (tile.width !== tile.height) throw fields.bad("size", "a square");
  const most = fields.count("max_image_tiles", MOST_TILES) ?? 4;
  const arrangements = arrangementsOf(most);
  return {
    kind: "processor",
    name: "mllama",
    parameters: fields.given(),
    values,
    alpha: "white",
    *compose(composer) {
      const samples = yield* picturesBySample(composer.samples);
      const fullest = yield* mostInSteps(composer.samples);
      const grids = yield* eachSize(
        composer.pictures,
        (picture) => bestOf(picture, arrangements, tile.width),
      );
      const compose = (index: number) => {
        addPicture(composer, index, grids[index], { side: tile.width, filter, most });
        composer.blankAfter(PIXELS, most - tilesOf(grids[index]));
      };
      const group = {};
      for (const pictures of samples) {
        for (const index of pictures) yield composer.alike(index, group, () => compose(index));
        composer.blankAfter(PIXELS, (fullest - pictures.length) * most);
      }
      composer.returnAs(PIXELS, [samples.length, fullest, most, 3, tile.height, tile.width]);
      const gridsBySample = yield* mapInSteps(samples, (own) => {
        return listOnDemand(own.length, (index) => grids[own[index]]);
      });
      yield* addIntegers(composer, gridsBySample, arrangements, most);
    },
  };
}

function addPicture(
  composer: Composer,
  index: number,
  [rows, columns]: Arrangement,
  { side, filter, most }: { side: number; filter: Filter; most: number },
): void {
  const picture = composer.pictures[index], grid: [number, number] = [rows, columns];
  const canvas = { width: columns * side, height: rows * side };
  const content = fittedTo(picture, canvas, side);
  const main = composer.canvas({
    canvas,
    fill: BLACK,
    placements: [whole({ picture: index }, picture, content, filter)],
    target: composer.target(PIXELS, canvas, TILES, { p: side, q: side }),
  });
  const token = "<|image|>", attended = { tiles: rows * columns, most };
  composer.image({ size: picture, main, grid, tokens: 1, parts: [token], token, attended });
}

function tilesOf([rows, columns]: Arrangement): number {
  return rows * columns;
}

/**
 * All arrangements of at most `most` tiles, in the order of their ids.
 * Source: `get_all_supported_aspect_ratios`.
 */
function arrangementsOf(most: number): Arrangement[] {
  return Array.from({ length: most }, (_, i) => i + 1).flatMap((rows) =>
    Array.from({ length: Math.floor(most / rows) }, (_, i) => [rows, i + 1] as const)
  );
}

/**
 * The arrangement in which a picture grows least, or where it must shrink, shrinks least. Of several such it
 * is the one of the fewest tiles. Source: `get_optimal_tiled_canvas`.
 */
function bestOf({ width, height }: Size, arrangements: readonly Arrangement[], side: number): Arrangement {
  const scales = arrangements.map(([rows, columns]) =>
    Math.min(rows * side / height, columns * side / width)
  );
  const growing = scales.filter((scale) => scale >= 1);
  const chosen = growing.length > 0 ? Math.min(...growing) : mostOf(scales);
  const equals = arrangements.filter((_, i) => scales[i] === chosen);
  return equals.reduce((a, b) => tilesOf(b) < tilesOf(a) ? b : a);
}

/**
 * The picture's size within a canvas, in proportion. A side below a tile's counts as a tile's first.
 * Source: `get_image_size_fit_to_canvas`.
 */
function fittedTo({ width, height }: Size, canvas: Size, side: number): Size {
  const clip = (length: number, most: number) => Math.min(Math.max(length, side), most);
  const target = { width: clip(width, canvas.width), height: clip(height, canvas.height) };
  const scaleX = target.width / width, scaleY = target.height / height;
  const scaled = (length: number, scale: number, most: number) => {
    return Math.min(Math.max(1, Math.floor(length * scale)), most);
  };
  return scaleX < scaleY
    ? { width: target.width, height: scaled(height, scaleX, target.height) }
    : { width: scaled(width, scaleY, target.width), height: target.height };
}

/**
 * Adds the outputs that arrangements alone decide. A picture that only fills a sample up has id 0, and its
 * first tile counts. Source: `convert_aspect_ratios_to_ids_np`, `build_aspect_ratio_mask_np`, `pack_images`.
 */
function* addIntegers(
  composer: Composer,
  samples: readonly (readonly Arrangement[])[],
  arrangements: readonly Arrangement[],
  most: number,
): Composing {
  const counts = yield* mapInSteps(samples, (grids) => grids.length), fullest = yield* mostInSteps(counts);
  const filled = listOnDemand<Arrangement | undefined>(samples.length * fullest, (index) => {
    return samples[Math.floor(index / fullest)][index % fullest];
  });
  composer.integers("aspect_ratio_ids", {
    dtype: "i64",
    shape: [samples.length, fullest],
    values: yield* mapInSteps(filled, (grid) => grid ? arrangements.indexOf(grid) + 1 : 0),
  });
  composer.integers("aspect_ratio_mask", {
    dtype: "i64",
    shape: [samples.length, fullest, most],
    values: yield* flatMapInSteps(filled, (grid) => {
      return Array.from({ length: most }, (_, i) => i < (grid ? tilesOf(grid) : 1) ? 1 : 0);
    }),
  });
  const tiles = yield* flatMapInSteps(filled, (grid) => grid ? [tilesOf(grid)] : []);
  composer.integers("num_tiles", {
    dtype: "i64",
    shape: [tiles.length],
    values: tiles,
    lists: counts,
  });
}
