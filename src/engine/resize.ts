import { channelsOf, isRawPixels, type Picture, pictureName, type RawPixels } from "../codecs/picture.ts";
import { requireChoice, VitrailError } from "../errors.ts";
import type { Composer } from "../plan/composer.ts";
import { type Box, type Size, sizeText, wholeOf } from "../plan/geometry.ts";
import { PIXELS } from "../plan/plan.ts";
import { type Filter, FILTERS } from "../plan/tables/filters.ts";
import type { ProcessorRecipe } from "../recipes/recipe.ts";
import { uprightRaster } from "../reference/raster.ts";
import { merged, planesOf } from "./premultiplied.ts";
import { loadStored } from "./run/load_chunk.ts";

/** How a picture is resized. */
export interface ResizeOptions {
  /** `bicubic` by default, as Pillow's. */
  filter?: Filter;
  /** The source rectangle, in pixels and their fractions; the whole picture by default. */
  box?: Box;
}

/** Raw pixels that were resized, with their channels. */
export type Resized = RawPixels & { data: Uint8Array; channels: 3 | 4 };

/** Runs the canvases of one recipe: `[pictures, height, width, 3]` bytes. */
export type RunCanvases = (recipe: ProcessorRecipe, pictures: readonly RawPixels[]) => Promise<Uint8Array>;

/**
 * Pillow's `Image.resize`, bit for bit: raw RGB or RGBA pixels keep their channels, other pictures become RGB first. An RGBA
 * picture's colour and alpha are resampled as two canvases of one run, the colour premultiplied but for nearest.
 * Source: Pillow `src/PIL/Image.py`, `Image.resize`.
 */
export async function resized(
  run: RunCanvases,
  picture: Picture,
  size: Size,
  { filter = "bicubic", box }: ResizeOptions,
): Promise<Resized> {
  const pixels = await pixelsOf(picture);
  const channels = channelsOf(pixels, pictureName(picture, 0));
  requireRequest(pixels, size, filter, box);
  const crop = box ?? wholeOf(pixels);
  const { width, height } = size;
  if (isWhole(crop, pixels) && width === pixels.width && height === pixels.height) {
    return { width, height, channels, data: Uint8Array.from(pixels.data) };
  }
  const recipe = resizeRecipe(size, filter, crop);
  if (channels === 3) return { width, height, channels, data: await run(recipe, [pixels]) };
  const premultiplied = filter !== "nearest";
  const planes = await run(recipe, planesOf(pixels, premultiplied));
  return { width, height, channels, data: merged(planes, premultiplied) };
}

/** Raw pixels as they are; anything else decoded, its alpha dropped, a TIFF turned as Pillow turns it. */
async function pixelsOf(picture: Picture): Promise<RawPixels> {
  if (isRawPixels(picture)) return picture;
  return uprightRaster(await loadStored(picture, 0));
}

/** Each picture's crop on a canvas of its own, stored as Pillow stores it. */
function resizeRecipe(size: Size, filter: Filter, crop: Box): ProcessorRecipe {
  return {
    kind: "processor",
    name: "resize",
    parameters: { ...size, filter },
    values: { rounding: "torchvision" },
    compose(composer: Composer) {
      for (const [picture, source] of composer.pictures.entries()) {
        const offset = { x: 0, y: 0 };
        const main = composer.canvas({
          canvas: size,
          fill: [0, 0, 0],
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

function requireRequest(picture: Size, size: Size, filter: Filter, box: Box | undefined): void {
  const whole = (side: number) => Number.isSafeInteger(side) && side >= 1;
  if (!size) throw new VitrailError("usage", `a picture is resized to { width, height }, found ${size}`);
  if (!whole(size.width) || !whole(size.height)) {
    throw new VitrailError("usage", `a picture is resized to whole sides from 1 up, found ${sizeText(size)}`);
  }
  requireChoice("filter", filter, FILTERS);
  if (!box) return;
  const { left, top, right, bottom } = box;
  const within = left >= 0 && top >= 0 && right <= picture.width && bottom <= picture.height;
  // Pillow keeps a box as single floats, in which a sliver may be empty.
  if (within && Math.fround(left) < Math.fround(right) && Math.fround(top) < Math.fround(bottom)) return;
  throw new VitrailError(
    "usage",
    `a box lies within the picture and is not empty: found ${left}, ${top} to ${right}, ${bottom} ` +
      `in a picture of ${sizeText(picture)}`,
  );
}
