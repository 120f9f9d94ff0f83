import { VitrailError } from "../errors.ts";
import { type Size, sizeText } from "../plan/geometry.ts";

/** The end of messages about a picture so long that a side of it would have no pixel. */
export const NO_PIXELS =
  "and both sides must be at least 1 (the Python code fails here too); crop it to a less extreme shape";

/** The most tiles that a picture is cut into. Python counts as many one by one, here and there for hours. */
export const MOST_TILES = 1024;

/** The most frames that a field may ask for, or that share their rows. */
export const MOST_FRAMES = 2 ** 16;

/** The most rows of patches that a picture is filled up to. */
export const MOST_ROWS = 2 ** 16;

/** Returns the `shape` error of a picture that a recipe refuses. */
export function refusal(name: string, size: Size, why: string): VitrailError {
  return new VitrailError("shape", `${name} cannot take a picture of ${sizeText(size)}: ${why}`);
}

/** @throws {VitrailError} `shape` for a picture of more tiles than there may be. */
export function requireTiles(name: string, size: Size, tiles: number, most = MOST_TILES): void {
  if (tiles <= most) return;
  throw refusal(name, size, `it would be cut into ${tiles} tiles, and ${most} is the most`);
}

/**
 * Refuses a picture 1 or 3 pixels high of a class that guesses where a picture's channels are. There Python
 * takes its lines for channels: it fails at 1, and at 3 what it returns is no picture.
 * Source: transformers `image_utils.py`, `infer_channel_dimension_format`.
 * @throws {VitrailError} `shape` for such a picture.
 */
export function requireGuessedChannels(name: string, size: Size): void {
  if (size.height !== 1 && size.height !== 3) return;
  const why =
    "the Python code takes the lines of a picture 1 or 3 pixels high for its channels; make it higher";
  throw refusal(name, size, why);
}
