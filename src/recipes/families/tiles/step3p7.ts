import type { Composer } from "../../../plan/composer.ts";
import { type Size, sizeText, wholeOf } from "../../../plan/geometry.ts";
import type { ImageText, TextPart } from "../../../plan/image_text.ts";
import type { IntegerOutput } from "../../../plan/integers.ts";
import type { Filter } from "../../../plan/tables/filters.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import type { PixelSource } from "../../../plan/view.ts";
import { flatMapInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { listOnDemand } from "../../../runtime/long_list.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { mostInSteps, sameSize, whole } from "../../parts/placements.ts";
import { squaresOf } from "../../parts/resolutions.ts";
import { exactSize } from "../../parts/size_keys.ts";
import type { Grid } from "../../parts/tile_grids.ts";
import { composeTile } from "../../parts/tile_steps.ts";
import type { Composing, ProcessorRecipe } from "../../recipe.ts";
import { NO_PIXELS, refusal, requireTiles } from "../../refusal.ts";

const NAME = "step3p7";

/** The most windows of a picture: very long ones are cut into as many as they have pixels along. */
const MOST_WINDOWS = 4096;

/** The output of the windows that pictures are cut into. */
const LOCALS = "pixel_values_local";

/**
 * Step 3.7. All of a picture is stretched over a square. A large or a long one is also resized to whole
 * windows, which are cut out and stretched one by one.
 *
 * Outputs: `pixel_values` `[pictures, 3, side, side]`, `num_local_patches` `[pictures]`, and where pictures
 * have windows `pixel_values_local` `[windows, 3, patch, patch]` and `patch_newline_masks`, lists by picture
 * of as many booleans as the most windows: true for a row's last window, but for the last row's. A feature
 * stands for `vision_patch_size` · `downsampler_stride` pixels (14 · 4) along each side.
 *
 * Source: transformers `models/step3p7/image_processing_step3p7.py`, `processing_step3p7.py`.
 */
export function step3p7(fields: Fields): ProcessorRecipe {
  const { filter, resampler, values } = commonFields(fields, { filter: "bilinear", ...CLIP });
  fields.setAside("do_resize");
  const side = (exactSize(fields, "size") ?? { height: 728 }).height;
  const patch = fields.count("patch_size") ?? 504, longest = fields.count("max_image_size") ?? 3024;
  const stride = (fields.count("vision_patch_size") ?? 14) * (fields.count("downsampler_stride") ?? 4);
  const square = { width: side, height: side };
  const featuresOf = (length: number) => Math.floor(length / stride) ** 2;
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const parts = yield* eachPicture(composer, (picture, index) => {
        const windows = windowsOf(picture, { side, patch, longest });
        const { padded, shrunk, cut, window, grid } = windows;
        const source = resized(composer, { picture: index }, picture, picture, padded, filter);
        const small = resized(composer, source, padded, shrunk, shrunk, filter);
        const all = composeTile(composer, small, wholeOf(shrunk), { filter, resampler, size: square });
        let main = all, count = 0;
        if (window > 0) {
          main = canvasOf(composer, source, padded, cut, cut, filter);
          for (const box of squaresOf(cut, window)) {
            const steps = { filter, resampler, size: { height: patch, width: patch } };
            composeTile(composer, { view: main }, box, steps, { output: LOCALS });
            count++;
          }
        }
        composer.image({
          size: picture,
          main,
          grid: window > 0 ? [grid.rows, grid.columns] : [1, 1],
          ...expanded(grid, count, featuresOf(side), featuresOf(patch)),
        });
        return { grid, count };
      });
      const grids = yield* mapInSteps(parts, ({ grid }) => grid);
      const counts = yield* mapInSteps(parts, ({ count }) => count);
      composer.integers("num_local_patches", { dtype: "i64", shape: [counts.length], values: counts });
      const most = yield* mostInSteps(counts);
      if (most > 0) composer.integers("patch_newline_masks", yield* newlines(grids, most));
    },
  };
}

/** Appends a canvas with a source at its top left, resized to `content`, and returns its index. */
function canvasOf(
  composer: Composer,
  source: PixelSource,
  size: Size,
  content: Size,
  canvas: Size,
  filter: Filter,
): number {
  return composer.canvas({ canvas, fill: BLACK, placements: [whole(source, size, content, filter)] });
}

/** Returns a source resized on a canvas, or the source itself where that changes nothing. */
function resized(
  composer: Composer,
  source: PixelSource,
  size: Size,
  content: Size,
  canvas: Size,
  filter: Filter,
): PixelSource {
  if (sameSize(size, content) && sameSize(size, canvas)) return source;
  return { view: canvasOf(composer, source, size, content, canvas, filter) };
}

/** The sizes by which a picture is cut into windows. */
interface Windows {
  /** The picture's size, or where it is very long that of the square around it. */
  padded: Size;
  /** That size within `longest`. */
  shrunk: Size;
  /** The size that windows are cut of. */
  cut: Size;
  /** The side of a window; 0 where there is none. */
  window: number;
  /** The windows along each axis. */
  grid: Grid;
}

/**
 * Returns the sizes by which a picture is cut. Source: `_plan_patches`.
 * @throws {VitrailError} `shape` where a side would have no pixel.
 */
function windowsOf(
  picture: Size,
  { side, patch, longest }: { side: number; patch: number; longest: number },
): Windows {
  const most = Math.max(picture.width, picture.height), least = Math.min(picture.width, picture.height);
  const padded = least < 32 && most / least > 4 ? { width: most, height: most } : picture;
  const scale = longest / most;
  const shrunk = most > longest
    ? { width: Math.trunc(padded.width * scale), height: Math.trunc(padded.height * scale) }
    : padded;
  const long = Math.max(shrunk.width, shrunk.height), short = Math.min(shrunk.width, shrunk.height);
  if (short === 0) throw refusal(NAME, picture, `it would be ${sizeText(shrunk)}, ${NO_PIXELS}`);
  const window = long <= side
    ? long / short > 1.5 ? short : 0
    : long / short > 4
    ? Math.min(short, patch)
    : patch;
  if (window === 0) return { padded, shrunk, cut: shrunk, window, grid: { columns: 0, rows: 0 } };
  const snapped = (length: number) =>
    length < window
      ? length
      : window * (Math.floor(length / window) + Number(length % window > 0.2 * window));
  const cut = { width: snapped(shrunk.width), height: snapped(shrunk.height) };
  const along = (length: number) => Math.max(1, Math.floor(length / window));
  const grid = { columns: along(cut.width), rows: along(cut.height) };
  requireTiles(NAME, picture, grid.columns * grid.rows, MOST_WINDOWS);
  return { padded, shrunk, cut, window, grid };
}

/** Tells for each window of a grid whether a newline follows it. */
function newlinesOf({ columns, rows }: Grid): number[] {
  return Array.from({ length: columns * rows }, (_, i) => {
    return Number(i % columns === columns - 1 && i < columns * (rows - 1));
  });
}

/** The newlines of all grids as lists of booleans, each as long as the longest. */
function* newlines(grids: readonly Grid[], most: number): Composing<IntegerOutput> {
  const values = yield* flatMapInSteps(grids, (grid) => {
    const own = newlinesOf(grid);
    return [...own, ...Array(most - own.length).fill(0)];
  });
  return { dtype: "bool", shape: [values.length], values, lists: listOnDemand(grids.length, () => most) };
}

/**
 * The text that stands for a picture: its windows, then all of it.
 * Source: `models/step3p7/processing_step3p7.py`, `replace_image_token`.
 */
function expanded(grid: Grid, windows: number, features: number, windowFeatures: number): ImageText {
  const token = "<im_patch>";
  const window: TextPart[] = ["<patch_start>", [token, windowFeatures], "<patch_end>"];
  const lines = newlinesOf(grid).flatMap((newline) => newline ? [...window, "<patch_newline>"] : window);
  const parts: TextPart[] = [...lines, "<im_start>", [token, features], "<im_end>"];
  return { tokens: windows * windowFeatures + features, parts, token };
}
