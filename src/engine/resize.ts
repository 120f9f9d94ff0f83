import { channelsOf, isRawPixels, type Picture, pictureName, type RawPixels } from "../codecs/picture.ts";
import { requireChoice, shown, VitrailError } from "../errors.ts";
import { type OptionNames, requireOptions } from "../given/given_options.ts";
import { isObject } from "../given/given_value.ts";
import type { Composer } from "../plan/composer.ts";
import { type Box, requireBox, type Size, sizeText, wholeOf } from "../plan/geometry.ts";
import { PIXELS } from "../plan/plan.ts";
import type { Filter } from "../plan/tables/filters.ts";
import { FILTERS_OF, type Resampler, RESAMPLERS } from "../plan/tables/resampler.ts";
import { BLACK } from "../plan/tables/values.ts";
import type { ProcessorRecipe } from "../recipes/recipe.ts";
import { merged, planesOf } from "./premultiplied.ts";

/** The options of `Engine.resize`. */
export interface ResizeOptions {
  /** The filter that weighs source pixels: `bicubic` by default, as Pillow's. */
  filter?: Filter;
  /** The source rectangle, in pixels and their fractions; the whole picture by default. */
  box?: Box;
  /** The library whose resampling it is: `pillow` by default. torch takes boxes of whole pixels. */
  resampler?: Resampler;
  /** Ends the resize where it is aborted, as it ends a run. */
  signal?: AbortSignal;
}

const RESIZE_OPTIONS = { filter: true, box: true, resampler: true, signal: true } satisfies OptionNames<
  ResizeOptions
>;

/** Raw pixels that were resized, with their channels. */
export type Resized = RawPixels & { data: Uint8Array; channels: 3 | 4 };

/** Runs a recipe of one canvas a picture: `[pictures, height, width, 3]` bytes. */
export type RunCanvases = (recipe: ProcessorRecipe, pictures: readonly Picture[]) => Promise<Uint8Array>;

/** A resize as it was asked for; {@linkcode cropOf} refuses one that cannot be. */
interface ResizeRequest {
  size: Size;
  filter: Filter;
  box?: Box;
  resampler: Resampler;
}

/**
 * Resizes a picture as Pillow's `Image.resize` does, bit for bit, or as torchvision's `resize` does. Raw RGB
 * or RGBA pixels keep their channels; other pictures become RGB first, and a TIFF upright. An RGBA picture's
 * colour and alpha are resampled as two canvases of one call. Pillow's colour is premultiplied but for
 * nearest; torch takes each channel alone.
 * Source: Pillow `src/PIL/Image.py`, `Image.resize`; torchvision `transforms/v2/functional/_geometry.py`,
 * `resize_image`.
 * @throws {VitrailError} `usage` for a size, filter or box that there cannot be; `shape` for pixels that do
 * not fit their size; what `run` throws.
 */
export async function resized(
  run: RunCanvases,
  picture: Picture,
  size: Size,
  options: ResizeOptions,
): Promise<Resized> {
  requireOptions("Engine.resize", options, RESIZE_OPTIONS);
  const { filter = "bicubic", box, resampler = "pillow" } = options;
  const request = { size, filter, box, resampler };
  if (isRawPixels(picture)) return await resizedPixels(run, picture, request);
  const data = await run(resizeRecipe(request), [picture]);
  return { width: size.width, height: size.height, channels: 3, data };
}

async function resizedPixels(run: RunCanvases, pixels: RawPixels, request: ResizeRequest): Promise<Resized> {
  const channels = channelsOf(pixels, pictureName(pixels, 0));
  const crop = cropOf(request, pixels);
  const { size: { width, height }, filter, resampler } = request;
  if (isWhole(crop, pixels) && width === pixels.width && height === pixels.height) {
    return { width, height, channels, data: Uint8Array.from(pixels.data) };
  }
  const recipe = resizeRecipe(request);
  if (channels === 3) return { width, height, channels, data: await run(recipe, [pixels]) };
  const premultiplied = resampler === "pillow" && filter !== "nearest";
  const planes = await run(recipe, planesOf(pixels, premultiplied));
  return { width, height, channels, data: merged(planes, premultiplied) };
}

/**
 * Returns the recipe that resamples each picture's crop on a canvas of its own, as `[1, height, width, 3]`.
 */
function resizeRecipe(request: ResizeRequest): ProcessorRecipe {
  const { size, filter, resampler } = request;
  return {
    kind: "processor",
    name: "resize",
    parameters: { ...size, filter, resampler },
    resampler,
    values: { rounding: "torchvision" },
    *compose(composer: Composer) {
      for (const [picture, source] of composer.pictures.entries()) {
        const crop = cropOf(request, source), offset = { x: 0, y: 0 };
        const main = composer.canvas({
          canvas: size,
          fill: BLACK,
          placements: [{
            source: { picture },
            crop,
            ...(resampler === "pillow" ? {} : { cut: crop }),
            content: size,
            offset,
            filter,
            order: "horizontal-first",
          }],
          target: composer.target(PIXELS, size, "c h w -> 1 h w c"),
        });
        yield composer.image({ size: source, main, grid: [1, 1] });
      }
    },
  };
}

function isWhole({ left, top, right, bottom }: Box, { width, height }: Size): boolean {
  return left === 0 && top === 0 && right === width && bottom === height;
}

/**
 * Returns the rectangle of an upright picture that a request resamples.
 * @throws {VitrailError} `usage` for a size, a filter or a box that there cannot be.
 */
function cropOf({ size, filter, box, resampler }: ResizeRequest, picture: Size): Box {
  const whole = (side: number) => Number.isSafeInteger(side) && side >= 1;
  if (!isObject(size)) {
    throw new VitrailError("usage", `a picture is resized to { width, height }, found ${shown(size)}`);
  }
  if (!whole(size.width) || !whole(size.height)) {
    throw new VitrailError("usage", `a picture is resized to whole sides from 1 up, found ${sizeText(size)}`);
  }
  requireChoice("resampler", resampler, RESAMPLERS);
  requireChoice("filter", filter, FILTERS_OF[resampler]);
  if (!box) return wholeOf(picture);
  const { left, top, right, bottom } = box;
  requireBox("box", box);
  if (resampler !== "pillow" && ![left, top, right, bottom].every(Number.isInteger)) {
    const found = `${left}, ${top} to ${right}, ${bottom}`;
    throw new VitrailError("usage", `resampler ${resampler} takes a box of whole pixels, found ${found}`);
  }
  const within = left >= 0 && top >= 0 && right <= picture.width && bottom <= picture.height;
  // Pillow keeps a box as single floats, in which a sliver may be empty.
  if (within && Math.fround(left) < Math.fround(right) && Math.fround(top) < Math.fround(bottom)) return box;
  throw new VitrailError(
    "usage",
    `a box lies within the picture and is not empty: found ${left}, ${top} to ${right}, ${bottom} ` +
      `in a picture of ${sizeText(picture)}`,
  );
}
