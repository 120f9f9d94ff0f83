import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import type { PixelSource } from "../../plan/view.ts";
import type { Fields } from "../fields.ts";
import { commonOf, HALVES, type SizeKeys, sizeKeys, whole } from "../parts/common_fields.ts";
import { attentionMask, composeSamples, runsOf } from "../parts/sample_frames.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { TILES } from "../tiled/tiled_recipe.ts";
import { rowsAndColumns, splitExpansion } from "./idefics3_tokens.ts";

/** The longest side that a picture may be resized to. PixelSource: `MAX_IMAGE_SIZE`. */
const LONGEST = 4096;

/**
 * Idefics3 and SmolVLM: the longer side to an edge, then both sides stretched up to whole tiles, the tiles and after them all
 * of it as one more: `pixel_values` `[samples, frames, 3, tile, tile]`, `pixel_attention_mask` `[samples, frames, tile,
 * tile]`, and with `return_row_col_info` `rows` and `cols`, lists by sample. `image_seq_len` is how many tokens a frame
 * becomes, 169 by default.
 * PixelSource: transformers `models/idefics3/image_processing_pil_idefics3.py`, `processing_idefics3.py`.
 */
export function idefics3(fields: Fields, name = "idefics3"): ProcessorRecipe {
  const { doResize, filter, values } = commonOf(fields, { filter: "lanczos", mean: HALVES, std: HALVES });
  const size = edgeOf(fields), side = tileOf(fields);
  const split = fields.boolean("do_image_splitting") ?? true;
  const pad = fields.boolean("do_pad") ?? true;
  const info = fields.boolean("return_row_col_info") ?? false;
  const each = fields.count("image_seq_len") ?? 169;
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    compose(composer: Composer) {
      const tile = { width: side, height: side };
      const sizes = composer.pictures.map((picture) => doResize ? resizedTo(picture, size) : picture);
      const sheets = sizes.map((resized) => split ? wholeTiles(resized, side) : tile);
      // A sheet of one tile stands for itself; any other has a view of all of it after its tiles.
      const grids = sheets.map(({ width, height }): [number, number] => [height / side, width / side]);
      const counts = grids.map(([rows, columns]) => rows * columns === 1 ? 1 : rows * columns + 1);
      const compose = (index: number) => {
        const picture = composer.pictures[index], sheet = sheets[index];
        const source = resized(composer, { picture: index }, picture, sizes[index], filter);
        const main = composer.canvas({
          canvas: sheet,
          fill: { value: 0 },
          placements: [whole(source, sizes[index], sheet, filter)],
          target: composer.target(PIXELS, sheet, TILES, { p: side, q: side }),
        });
        if (counts[index] > 1) addWhole(composer, main, sheet, tile, filter);
        composer.image({ size: picture, main, grid: grids[index], ...splitExpansion(grids[index], each) });
      };
      const totals = composeSamples(composer, { count: (index) => counts[index], compose }, { pad });
      if (pad) attentionMask(composer, totals.map((total) => Array(total).fill(tile)), tile);
      if (info) rowsAndColumns(composer, runsOf(composer.samples), grids);
    },
  };
}

/** SmolVLM's class is Idefics3's; its file says how videos are sampled besides. */
export function smolVlm(fields: Fields): ProcessorRecipe {
  fields.ignore("video_sampling");
  return idefics3(fields, "smolvlm");
}

function edgeOf(fields: Fields): SizeKeys {
  const keys = sizeKeys(fields, "size") ?? { longest_edge: 4 * 364 };
  if (["longest_edge", "height,width"].includes(Object.keys(keys).sort().join())) return keys;
  throw fields.bad("size", "an object with longest_edge, or with height and width");
}

function tileOf(fields: Fields): number {
  const { longest_edge, ...rest } = sizeKeys(fields, "max_image_size") ?? { longest_edge: 364 };
  if (longest_edge !== undefined && Object.keys(rest).length === 0) return longest_edge;
  throw fields.bad("max_image_size", "an object with longest_edge");
}

/** The longer side at an edge, the other truncated and made even, and both within `LONGEST`. PixelSource: `get_resize_output_image_size`. */
function resizedTo({ width, height }: Size, keys: SizeKeys): Size {
  if (keys.height !== undefined) return { width: keys.width!, height: keys.height };
  const even = (side: number) => Math.max(1, side + side % 2);
  const scaled = scaledTo({ width, height }, keys.longest_edge!);
  const size = width >= height
    ? { width: scaled.width, height: even(scaled.height) }
    : { width: even(scaled.width), height: scaled.height };
  if (Math.max(size.width, size.height) <= LONGEST) return size;
  const bounded = scaledTo(size, LONGEST);
  return { width: Math.max(1, bounded.width), height: Math.max(1, bounded.height) };
}

/** The longer side at `edge`, the other in proportion, truncated. */
function scaledTo({ width, height }: Size, edge: number): Size {
  const ratio = width / height;
  return width >= height
    ? { width: edge, height: Math.trunc(edge / ratio) }
    : { width: Math.trunc(edge * ratio), height: edge };
}

/** Both sides up to whole tiles, the shorter one from its length in proportion. PixelSource: `resize_for_vision_encoder`. */
function wholeTiles({ width, height }: Size, side: number): Size {
  const up = (length: number) => Math.ceil(length / side) * side;
  const ratio = width / height;
  return width >= height
    ? { width: up(width), height: up(Math.trunc(up(width) / ratio)) }
    : { width: up(Math.trunc(up(height) * ratio)), height: up(height) };
}

/** A source resized; itself where that changes nothing. */
function resized(composer: Composer, source: PixelSource, from: Size, to: Size, filter: Filter): PixelSource {
  if (from.width === to.width && from.height === to.height) return source;
  return {
    view: composer.canvas({ canvas: to, fill: [0, 0, 0], placements: [whole(source, from, to, filter)] }),
  };
}

function addWhole(composer: Composer, view: number, sheet: Size, tile: Size, filter: Filter): void {
  composer.canvas({
    canvas: tile,
    fill: { value: 0 },
    placements: [whole({ view }, sheet, tile, filter)],
    target: composer.target(PIXELS, tile, "c h w -> 1 c h w"),
  });
}
