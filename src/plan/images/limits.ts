import { VitrailError } from "../../errors.ts";
import { type Size, sizeText } from "../geometry.ts";
import { type ImageText, lengthOfParts, partsOf } from "../image_text.ts";

/** The most pixels of a canvas: four bytes of each are 64 GiB. */
const PIXELS = 2 ** 34;

/** The most pixels along a side of a canvas. */
const SIDE = 2 ** 24;

/** The most tokens of an image, and the most tiles or patches. No model reads a text that is as long. */
const TOKENS = 2 ** 22;

/** The most characters of the text that stands for an image. */
const CHARACTERS = 2 ** 28;

/**
 * Requires that a canvas is not larger than memory can hold.
 * @param shown returns the picture that it shows
 * @throws {VitrailError} `limit` otherwise.
 */
export function requireCanvas({ width, height }: Size, shown: () => Size): void {
  if (width * height <= PIXELS && width <= SIDE && height <= SIDE) return;
  throw new VitrailError(
    "limit",
    `a picture of ${sizeText(shown())} would become ${width}x${height}, and no canvas has more than ` +
      `${PIXELS} pixels, or ${SIDE} along a side`,
  );
}

/**
 * Requires that an image becomes a token, where they are counted, and no more tokens, tiles or patches than a
 * text or a tensor can have.
 * @throws {VitrailError} `shape` for no token, `limit` for too many.
 */
export function requireText(image: ImageText & { size: Size; grid: readonly [number, number] }): void {
  const { size, tokens, grid } = image;
  requireGrid(size, grid);
  if (tokens === 0) {
    throw new VitrailError("shape", `an image of ${sizeText(size)} would become no token: it is too small`);
  }
  requireMost(size, tokens ?? 0, "tokens", TOKENS);
  requireMost(size, lengthOfParts(partsOf(image) ?? []), "characters of text", CHARACTERS);
}

/**
 * Requires that a picture becomes no more tiles or patches than there may be.
 * @throws {VitrailError} `limit` otherwise.
 */
export function requireGrid(picture: Size, [rows, columns]: readonly [rows: number, columns: number]): void {
  requireMost(picture, rows * columns, "tiles or patches", TOKENS);
}

function requireMost(picture: Size, count: number, what: string, most: number): void {
  if (count >= 0 && count <= most) return;
  throw new VitrailError(
    "limit",
    `a picture of ${sizeText(picture)} would become ${count} ${what}, and ${most} is the most`,
  );
}
