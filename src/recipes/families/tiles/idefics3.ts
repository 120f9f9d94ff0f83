import type { Composer } from "../../../plan/composer.ts";
import type { Size } from "../../../plan/geometry.ts";
import { PIXELS } from "../../../plan/plan.ts";
import type { Filter } from "../../../plan/tables/filters.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import type { PixelSource } from "../../../plan/view.ts";
import { mapInSteps } from "../../../runtime/in_steps.ts";
import { listOnDemand } from "../../../runtime/long_list.ts";
import { eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { attentionMask, composeSamples, picturesBySample } from "../../parts/compose_samples.ts";
import { sameSize, whole } from "../../parts/placements.ts";
import { longestEdge, longestOrExact, type SizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { requireTiles } from "../../refusal.ts";
import { TILES } from "../../tiled/tiled_recipe.ts";
import { rowsAndColumns, splitExpansion } from "./idefics3_tokens.ts";

/** The longest side that a picture may be resized to. Source: `MAX_IMAGE_SIZE`. */
const LONGEST = 4096;

/**
 * Idefics3 and SmolVLM. A picture's longer side is resized to an edge, and then both sides are stretched up
 * to whole tiles. Its tiles come first, and after them all of it as one more.
 *
 * Outputs: `pixel_values` `[samples, frames, 3, tile, tile]`, `pixel_attention_mask`
 * `[samples, frames, tile, tile]`, and with `return_row_col_info` `rows` and `cols`, lists by sample.
 * `image_seq_len` is how many tokens a frame becomes, 169 by default.
 *
 * Source: transformers `models/idefics3/image_processing_pil_idefics3.py`, `processing_idefics3.py`.
 */
export function idefics3(fields: Fields, name = "idefics3"): ProcessorRecipe {
  const { doResize, filter, values, backend } = commonFields(fields, { filter: "lanczos", ...HALVES });
  const size: SizeKeys = longestOrExact(fields) ?? { longest_edge: 4 * 364 };
  const side = longestEdge(fields, "max_image_size") ?? 364;
  const split = fields.boolean("do_image_splitting") ?? true;
  const pad = fields.boolean("do_pad") ?? true;
  const info = fields.boolean("return_row_col_info") ?? false;
  const each = fields.count("image_seq_len") ?? 169;
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const { pictures, samples } = composer;
      const tile = { width: side, height: side };
      const sizes = yield* eachSize(pictures, (picture) => doResize ? atEdge(picture, size) : picture);
      const sheets = yield* eachSize(sizes, (resized) => split ? wholeTiles(resized, side) : tile);
      const grids = yield* eachSize(sheets, ({ width, height }): [number, number] => {
        return [height / side, width / side];
      });
      // A sheet of one tile stands for itself; any other has a view of all of it after its tiles.
      const counts = yield* mapInSteps(
        grids,
        ([rows, columns]) => rows * columns === 1 ? 1 : rows * columns + 1,
      );
      const compose = (index: number) => {
        const picture = pictures[index], sheet = sheets[index];
        requireTiles(name, picture, sheet.width / side * sheet.height / side);
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
      const totals = yield* composeSamples(composer, { count: (index) => counts[index], compose, pad });
      if (pad) {
        const frames = yield* mapInSteps(totals, (total) => listOnDemand(total, () => tile));
        yield* attentionMask(composer, frames, tile, backend);
      }
      if (info) yield* rowsAndColumns(composer, yield* picturesBySample(samples), grids);
    },
  };
}

/** SmolVLM, whose class is Idefics3's. Its file also says how videos are sampled. */
export function smolVlm(fields: Fields): ProcessorRecipe {
  fields.ignore("video_sampling");
  return idefics3(fields, "smolvlm");
}

/**
 * The longer side at an edge, the other truncated and made even, and both within `LONGEST`.
 * Source: `get_resize_output_image_size`.
 */
function atEdge({ width, height }: Size, keys: SizeKeys): Size {
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

/**
 * Both sides up to whole tiles. The longer side goes up first, and the shorter one follows it in proportion.
 * Source: `resize_for_vision_encoder`.
 */
function wholeTiles({ width, height }: Size, side: number): Size {
  const up = (length: number) => Math.ceil(length / side) * side;
  const ratio = width / height;
  return width >= height
    ? { width: up(width), height: up(Math.trunc(up(width) / ratio)) }
    : { width: up(Math.trunc(up(height) * ratio)), height: up(height) };
}

/** A source resized, or the source itself where that changes nothing. */
function resized(composer: Composer, source: PixelSource, from: Size, to: Size, filter: Filter): PixelSource {
  if (sameSize(from, to)) return source;
  const placements = [whole(source, from, to, filter)];
  return { view: composer.canvas({ canvas: to, fill: BLACK, placements }) };
}

/** Appends all of a sheet as one more tile. */
function addWhole(composer: Composer, view: number, sheet: Size, tile: Size, filter: Filter): void {
  composer.canvas({
    canvas: tile,
    fill: { value: 0 },
    placements: [whole({ view }, sheet, tile, filter)],
    target: composer.target(PIXELS, tile, "c h w -> 1 c h w"),
  });
}
