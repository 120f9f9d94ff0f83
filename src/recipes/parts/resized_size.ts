import { VitrailError } from "../../errors.ts";
import type { Resampler } from "../../plan/tables/resampler.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import type { Fields } from "../fields.ts";
import { roundHalfEven, type SizeKeys, sizeKeys, squareOf } from "./common_fields.ts";

/** The sets of keys that a size to resize to may have. Source: transformers `image_processing_backends.py`, `PilBackend.resize`. */
const RESIZES = ["height,width", "shortest_edge", "longest_edge,shortest_edge", "max_height,max_width"];

/**
 * A field that says what pictures are resized to; a number is a square's side, or the shortest edge where `edge` says so.
 * @throws {VitrailError} `recipe` where its keys contradict one another or do not decide a size.
 */
export function resizeKeys(fields: Fields, field: string, fallback: SizeKeys, edge: boolean): SizeKeys {
  const keys = sizeKeys(fields, field, edge) ?? fallback;
  const { shortest_edge: shortest, longest_edge: longest } = keys;
  if (!RESIZES.includes(Object.keys(keys).sort().join())) {
    throw fields.bad(
      field,
      "either height and width, shortest_edge with or without longest_edge, or max_height and max_width",
    );
  }
  if (shortest !== undefined && longest !== undefined && longest < shortest) {
    throw fields.bad(field, "an object whose longest_edge is at least its shortest_edge");
  }
  return keys;
}

/**
 * The size that a `size` field asks for, sides truncated: one given; the shortest edge at a length, the longest no longer than
 * another; or the largest within a maximum.
 * Source: transformers `image_transforms.py`, `get_resize_output_image_size` and `get_size_with_aspect_ratio`;
 * `image_utils.py`, `get_image_size_for_max_height_width`.
 * @throws {VitrailError} `shape` where a side truncates to 0, as Pillow fails there.
 */
export function resizedTo(size: Size, keys: SizeKeys): Size {
  const to = asked(size, keys);
  if (to.width > 0 && to.height > 0) return to;
  throw new VitrailError(
    "shape",
    `a picture of ${sizeText(size)} resized to ${JSON.stringify(keys)} would be ${
      sizeText(to)
    }, and both sides must ` +
      `be at least 1 (the Python code fails here too); crop it to a less extreme shape`,
  );
}

function asked(size: Size, keys: SizeKeys): Size {
  if (keys.height !== undefined && keys.width !== undefined) {
    return { width: keys.width, height: keys.height };
  }
  const { width, height } = size;
  if (keys.max_height !== undefined && keys.max_width !== undefined) {
    const scale = Math.min(keys.max_height / height, keys.max_width / width);
    return { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
  }
  return shortestAt(size, keys.shortest_edge!, keys.longest_edge ?? Infinity);
}

/** The shortest edge at a length, unless the longest would then be longer than `longest`. */
function shortestAt({ width, height }: Size, edge: number, longest: number): Size {
  const [short, long] = width <= height ? [width, height] : [height, width];
  const reduced = long / short * edge > longest;
  const exact = reduced ? longest * short / long : edge;
  const shorter = reduced ? roundHalfEven(exact) : edge;
  const longer = short === shorter ? long : Math.trunc(exact * long / short);
  return width <= height ? { width: shorter, height: longer } : { width: longer, height: shorter };
}

/**
 * What is shown of each picture after resizing: the middle `crop_size`, or all of it.
 * @param on whether the class crops by default
 * @throws {VitrailError} `recipe` where a crop is asked for and has no size.
 */
export function cropOf(fields: Fields, on: boolean, fallback?: Size): Size | undefined {
  const size = squareOf(fields, "crop_size") ?? fallback;
  if (!(fields.boolean("do_center_crop") ?? on)) return undefined;
  if (!size) throw fields.bad("crop_size", "a size where do_center_crop is true");
  return size;
}

/**
 * Where a content lies on a canvas that shows its middle, or all of it with as much around. Of an odd number of pixels around it
 * the classes that resize with Pillow put one more before it, and those that resize with torch one more after it.
 * Source: transformers `image_transforms.py`, `center_crop`; `image_processing_backends.py`, `TorchvisionBackend.center_crop`.
 */
export function centred(content: Size, canvas: Size, resampler: Resampler): { x: number; y: number } {
  const before = resampler === "torch" ? Math.floor : Math.ceil;
  const place = (inner: number, outer: number) => {
    return inner >= outer ? -Math.floor((inner - outer) / 2) : before((outer - inner) / 2);
  };
  return { x: place(content.width, canvas.width), y: place(content.height, canvas.height) };
}
