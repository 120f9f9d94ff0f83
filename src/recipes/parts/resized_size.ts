import { VitrailError } from "../../errors.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import { NO_PIXELS } from "../refusal.ts";
import type { SizeKeys } from "./size_keys.ts";

/**
 * Returns the size to which a config's `size` resizes a picture, sides truncated. The keys ask for one of
 * three: a height and a width; the shorter side at a length, with a bound on the longer; or the largest size
 * within a maximum.
 * Source: transformers `image_transforms.py`, `get_resize_output_image_size` and
 * `get_size_with_aspect_ratio`; `image_utils.py`, `get_image_size_for_max_height_width`.
 * @throws {VitrailError} `shape` where a side truncates to 0, as Pillow fails there.
 */
export function resizedSize(size: Size, keys: SizeKeys): Size {
  const to = askedSize(size, keys);
  if (to.width > 0 && to.height > 0) return to;
  const [from, asked, found] = [sizeText(size), JSON.stringify(keys), sizeText(to)];
  throw new VitrailError(
    "shape",
    `a picture of ${from} resized to size ${asked} would be ${found}, ${NO_PIXELS}`,
  );
}

function askedSize(size: Size, keys: SizeKeys): Size {
  if (keys.height !== undefined && keys.width !== undefined) {
    return { width: keys.width, height: keys.height };
  }
  const { width, height } = size;
  if (keys.max_height !== undefined && keys.max_width !== undefined) {
    const scale = Math.min(keys.max_height / height, keys.max_width / width);
    return { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
  }
  return shorterAt(size, keys.shortest_edge!, keys.longest_edge ?? Infinity);
}

/** The shorter side at `edge`. It is less where the longer side would pass `longest`. */
function shorterAt({ width, height }: Size, edge: number, longest: number): Size {
  const [short, long] = width <= height ? [width, height] : [height, width];
  const reduced = long / short * edge > longest;
  const exact = reduced ? longest * short / long : edge;
  const shorter = reduced ? roundHalfEven(exact) : edge;
  const longer = short === shorter ? long : Math.trunc(exact * long / short);
  return width <= height ? { width: shorter, height: longer } : { width: longer, height: shorter };
}

/** Rounds as Python's `round` does: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value), rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}
