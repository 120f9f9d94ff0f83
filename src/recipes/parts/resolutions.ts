import { type Box, type Size, sizeText } from "../../plan/geometry.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import type { Placement } from "../../plan/view.ts";
import { type Fields, isCount } from "../fields.ts";
import { MOST_TILES } from "../refusal.ts";
import { whole } from "./placements.ts";

/** Resolutions as configs write them. */
export type Pinpoints = readonly (readonly [height: number, width: number])[];

/**
 * Reads a field that lists resolutions as `[height, width]`.
 * @throws {VitrailError} `recipe` for a value that is no such list, or an empty one.
 */
export function resolutionsOf(fields: Fields, field: string): Size[] | undefined {
  return fields.take(field, "a list of [height, width], whole numbers of pixels", (value) => {
    const pair = (v: unknown) => Array.isArray(v) && v.length === 2 && v.every(isCount);
    if (!Array.isArray(value) || value.length === 0 || !value.every(pair)) return undefined;
    return pinpointSizes(value as [number, number][]);
  });
}

/**
 * Requires that no resolution is cut into more squares than a picture may have tiles.
 * @param field the field that is at fault otherwise
 * @param side the side of a square, pixels
 * @throws {VitrailError} `recipe` otherwise.
 */
export function requireSquares(
  fields: Fields,
  field: string,
  resolutions: readonly Size[],
  side: number,
): void {
  for (const size of resolutions) {
    const [rows, columns] = squareGrid(size, side), squares = rows * columns;
    if (squares <= MOST_TILES) continue;
    const why = `${sizeText(size)} would be cut into ${squares} squares of ${side}`;
    throw fields.bad(field, `such that a picture has ${MOST_TILES} tiles at most (${why})`);
  }
}

/** Returns pinpoints as sizes. */
export function pinpointSizes(pinpoints: Pinpoints): Size[] {
  return pinpoints.map(([height, width]) => ({ width, height }));
}

/**
 * Returns the resolution in which most of a picture's pixels survive. Of several such it is the one that
 * wastes least.
 * Source: transformers `image_processing_utils.py`, `select_best_resolution`.
 */
export function bestResolution({ width, height }: Size, resolutions: readonly Size[]): Size {
  let best = resolutions[0], most = 0, least = Infinity;
  for (const resolution of resolutions) {
    const scale = Math.min(resolution.width / width, resolution.height / height);
    const effective = Math.min(Math.trunc(width * scale) * Math.trunc(height * scale), width * height);
    const wasted = resolution.width * resolution.height - effective;
    if (effective > most || effective === most && wasted < least) {
      [best, most, least] = [resolution, effective, wasted];
    }
  }
  return best;
}

/**
 * Places all of a picture in the middle of a canvas, as large as its aspect allows.
 * Source: transformers `image_processing_utils.py`, `get_patch_output_size`; `_get_padding_size` of the
 * classes.
 */
export function keptAspect(index: number, picture: Size, canvas: Size, filter: Filter): Placement {
  const scaleX = canvas.width / picture.width, scaleY = canvas.height / picture.height;
  const content = scaleX < scaleY
    ? { width: canvas.width, height: Math.min(Math.ceil(picture.height * scaleX), canvas.height) }
    : { width: Math.min(Math.ceil(picture.width * scaleY), canvas.width), height: canvas.height };
  const offset = {
    x: Math.floor((canvas.width - content.width) / 2),
    y: Math.floor((canvas.height - content.height) / 2),
  };
  return whole({ picture: index }, picture, content, filter, offset);
}

/**
 * Cuts a canvas into squares in row-major order. Those at its right and bottom may be smaller.
 * Source: `divide_to_patches`.
 */
export function squaresOf({ width, height }: Size, side: number): Box[] {
  const boxes: Box[] = [];
  for (let top = 0; top < height; top += side) {
    for (let left = 0; left < width; left += side) {
      boxes.push({ left, top, right: Math.min(left + side, width), bottom: Math.min(top + side, height) });
    }
  }
  return boxes;
}

/** Counts the squares that `squaresOf` cuts along each axis. */
export function squareGrid({ width, height }: Size, side: number): [rows: number, columns: number] {
  return [Math.ceil(height / side), Math.ceil(width / side)];
}
