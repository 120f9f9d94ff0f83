import { channelsOf, isRawPixels, type Picture, pictureName, type RawPixels } from "../codecs/picture.ts";
import { requireChoice, VitrailError } from "../errors.ts";
import type { Composer } from "../plan/composer.ts";
import { type Box, type Size, sizeText, wholeOf } from "../plan/geometry.ts";
import { PIXELS } from "../plan/plan.ts";
import { type Filter, FILTERS } from "../plan/tables/filters.ts";
import { BLACK } from "../plan/tables/values.ts";
import type { ProcessorRecipe } from "../recipes/recipe.ts";
import { merged, planesOf } from "./premultiplied.ts";

/** The options of `Engine.resize`. */
export interface ResizeOptions {
  /** The filter that weighs source pixels: `bicubic` by default, as Pillow's. */
  filter?: Filter;
  /** The source rectangle, in pixels and their fractions; the whole picture by default. */
  box?: Box;
}

/** Raw pixels that were resized, with their channels. */
export type Resized = RawPixels & { data: Uint8Array; channels: 3 | 4 };

/** Runs a recipe of one canvas a picture: `[pictures, height, width, 3]` bytes. */
export type RunCanvases = (recipe: ProcessorRecipe, pictures: readonly Picture[]) => Promise<Uint8Array>;

/** A resize as it was asked for; {@linkcode cropOf} refuses one that cannot be. */
interface ResizeRequest {
  size: Size;
  filter: Filter;
  box?: Box;
}

/**
 * Resizes a picture as Pillow's `Image.resize` does, bit for bit. Raw RGB or RGBA pixels keep their channels;
 * other pictures become RGB first, and a TIFF upright. An RGBA picture's colour and alpha are resampled as
 * two canvases of one call, the colour premultiplied but for nearest.
 * Source: Pillow `src/PIL/Image.py`, `Image.resize`.
 * @throws {VitrailError} `usage` for a size, filter or box that there cannot be; `shape` for pixels that do
 * not fit their size; what `run` throws.
 */
export async function resized(
  run: RunCanvases,
  picture: Picture,
  size: Size,
  { filter = "bicubic", box }: ResizeOptions,
): Promise<Resized> {
  const request = { size, filter, box };
  if (isRawPixels(picture)) return await resizedPixels(run, picture, request);
  const data = await run(resizeRecipe(request), [picture]);
  return { width: size.width, height: size.height, channels: 3, data };
}

async function resizedPixels(run: RunCanvases, pixels: RawPixels, request: ResizeRequest): Promise<Resized> {
  const channels = channelsOf(pixels, pictureName(pixels, 0));
  const crop = cropOf(request, pixels);
  const { size: { width, height }, filter } = request;
  if (isWhole(crop, pixels) && width === pixels.width && height === pixels.height) {
    return { width, height, channels, data: Uint8Array.from(pixels.data) };
  }
  const recipe = resizeRecipe(request);
  if (channels === 3) return { width, height, channels, data: await run(recipe, [pixels]) };
  const premultiplied = filter !== "nearest";
  const planes = await run(recipe, planesOf(pixels, premultiplied));
  return { width, height, channels, data: merged(planes, premultiplied) };
}

/**
 * Returns the recipe that resamples each picture's crop on a canvas of its own, as `[1, height, width, 3]`.
 */
function resizeRecipe(request: ResizeRequest): ProcessorRecipe {
  const { size, filter } = request;
  return {
    kind: "processor",
    name: "resize",
    parameters: { ...size, filter },
    values: { rounding: "torchvision" },
    compose(composer: Composer) {
      for (const [picture, source] of composer.pictures.entries()) {
        const crop = cropOf(request, source), offset = { x: 0, y: 0 };
        const main = composer.canvas({
          canvas: size,
          fill: BLACK,
          placements: [{
            source: { picture },
            crop,
            content: size,
            offset,
            filter,
            order: "horizontal-first",
          }],
          target: composer.target(PIXELS, size, "c h w -> 1 h w c"),
        });
        composer.image({ size: source, main, grid: [1, 1] });
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
function cropOf({ size, filter, box }: ResizeRequest, picture: Size): Box {
  const whole = (side: number) => Number.isSafeInteger(side) && side >= 1;
  if (!size) throw new VitrailError("usage", `a picture is resized to { width, height }, found ${size}`);
  if (!whole(size.width) || !whole(size.height)) {
    throw new VitrailError("usage", `a picture is resized to whole sides from 1 up, found ${sizeText(size)}`);
  }
  requireChoice("filter", filter, FILTERS);
  if (!box) return wholeOf(picture);
  const { left, top, right, bottom } = box;
  const within = left >= 0 && top >= 0 && right <= picture.width && bottom <= picture.height;
  // Pillow keeps a box as single floats, in which a sliver may be empty.
  if (within && Math.fround(left) < Math.fround(right) && Math.fround(top) < Math.fround(bottom)) return box;
  throw new VitrailError(
    "usage",
    `a box lies within the picture and is not empty: found ${left}, ${top} to ${right}, ${bottom} ` +
      `in a picture of ${sizeText(picture)}`,
  );
}
