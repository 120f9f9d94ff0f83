import type { VitrailError } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import { type Fields, isCount } from "../fields.ts";

const KEYS = ["height", "width", "shortest_edge", "longest_edge", "max_height", "max_width"] as const;

/** The keys that a size may have, each set in alphabetical order. */
const TOGETHER = ["height,width", "shortest_edge", "longest_edge,shortest_edge", "longest_edge"]
  .concat("max_height,max_width");

/** The longest side that a size may ask for, pixels. */
const LONGEST = 2 ** 20;

/** A size as configs write it. Its keys tell a height and a width, edges, or a maximum. */
export type SizeKeys = Partial<Record<typeof KEYS[number], number>>;

/** The meaning of a size that is one number: a square's side, or the shorter side. */
export type NumberMeans = "square" | "shortest_edge";

/**
 * Reads a field that holds a size. In `size` one number means what `default_to_square` says.
 * Source: transformers `image_processing_utils.py`, `get_size_dict`.
 * @throws {VitrailError} `recipe` for a value that is no size.
 */
export function sizeKeys(
  fields: Fields,
  field: string,
  numberMeans: NumberMeans = "square",
): SizeKeys | undefined {
  const known: readonly string[] = KEYS;
  const said = field === "size" ? fields.boolean("default_to_square") : undefined;
  const square = said ?? numberMeans === "square";
  const expected = `a number of pixels, [height, width], or an object with some of ${KEYS.join(", ")}`;
  const keys = fields.take(field, expected, (value): SizeKeys | undefined => {
    if (isCount(value)) {
      return square ? { height: value, width: value } : { shortest_edge: value };
    }
    if (Array.isArray(value)) {
      const [height, width] = value; // Python takes no notice of more
      return isCount(height) && isCount(width) ? { height, width } : undefined;
    }
    if (typeof value !== "object" || value === null) return undefined;
    const entries = Object.entries(value).filter(([, n]) => n !== null);
    const valid = entries.length > 0 && entries.every(([key, n]) => known.includes(key) && isCount(n));
    return valid ? Object.fromEntries(entries) : undefined;
  });
  const longest = Math.max(0, ...Object.values(keys ?? {}));
  if (longest > LONGEST) throw fields.bad(field, `of no more than ${LONGEST} pixels along a side`);
  return keys;
}

/** Returns true where a size has the keys of one of `sets`, each in alphabetical order: `"height,width"`. */
export function hasKeys(size: SizeKeys, ...sets: readonly string[]): boolean {
  return sets.includes(Object.keys(size).sort().join());
}

/**
 * Reads a field that holds an exact size, given as `{ height, width }`, or as one number for a square.
 * @param numberMeans the class's own meaning of one number in `size`
 * @throws {VitrailError} `recipe` where it has other keys.
 */
export function exactSize(fields: Fields, field: string, numberMeans?: NumberMeans): Size | undefined {
  const keys = sizeKeys(fields, field, numberMeans);
  if (!keys) return undefined;
  if (!hasKeys(keys, "height,width")) throw fields.bad(field, "an object with height and width");
  return { width: keys.width!, height: keys.height! };
}

/**
 * Reads `size`, where it says what pictures are resized to.
 * Source: transformers `image_processing_backends.py`, `PilBackend.resize`, for the keys that go together.
 * @param numberMeans the class's own meaning of one number
 * @throws {VitrailError} `recipe` where its keys contradict one another or do not decide a size.
 */
export function resizeKeys(fields: Fields, fallback: SizeKeys, numberMeans: NumberMeans): SizeKeys {
  const keys = sizeKeys(fields, "size", numberMeans) ?? fallback;
  if (!hasKeys(keys, "height,width", "shortest_edge", "longest_edge,shortest_edge", "max_height,max_width")) {
    throw fields.bad(
      "size",
      "either height and width, shortest_edge with or without longest_edge, or max_height and max_width",
    );
  }
  return keys;
}

/** The keys of a longest side. A shortest one beside it changes nothing. */
const LONGEST_KEYS = ["longest_edge", "longest_edge,shortest_edge"];

/**
 * Reads `size` of a class that resizes the longer side, or to a height and a width.
 * Source: transformers `models/idefics3/image_processing_idefics3.py`,
 * `models/pixtral/image_processing_pixtral.py`, `resize`.
 * @throws {VitrailError} `recipe` where it has other keys.
 */
export function longestOrExact(fields: Fields): SizeKeys | undefined {
  const keys = sizeKeys(fields, "size");
  if (keys === undefined || hasKeys(keys, ...LONGEST_KEYS, "height,width")) return keys;
  throw fields.bad("size", "an object with longest_edge, or with height and width");
}

/**
 * Reads a field that holds a longest side.
 * @throws {VitrailError} `recipe` where it has other keys.
 */
export function longestEdge(fields: Fields, field: string): number | undefined {
  const keys = sizeKeys(fields, field);
  if (keys === undefined || hasKeys(keys, ...LONGEST_KEYS)) return keys?.longest_edge;
  throw fields.bad(field, "an object with longest_edge");
}

/**
 * Reads how much of a picture's middle is kept after resizing; undefined where all of it is.
 * @param fallback `crop_size` of a class that crops by default; others have none
 * @throws {VitrailError} `recipe` where a crop is asked for and has no size.
 */
export function cropOf(fields: Fields, fallback?: Size): Size | undefined {
  const size = exactSize(fields, "crop_size") ?? (fields.isNull("crop_size") ? undefined : fallback);
  if (!(fields.boolean("do_center_crop") ?? fallback !== undefined)) return undefined;
  if (!size) throw withoutCropSize(fields);
  return size;
}

/** A field of the classes' base that classes check, whether they read it or not. */
export type CheckedField = "size" | "crop_size" | "pad_size" | "do_center_crop";

/** The fields that nearly every class checks. */
const CHECKED: readonly CheckedField[] = ["size", "crop_size", "pad_size", "do_center_crop"];

/**
 * Requires what a class checks of the fields that it does not read: that sizes have the keys of a size, and
 * that `do_center_crop` has a `crop_size`.
 * Source: transformers `image_processing_utils.py`, `get_size_dict`; `image_utils.py`,
 * `validate_preprocess_arguments`.
 * @param checked the fields that the class checks; absent: all
 * @throws {VitrailError} `recipe` for a field that Python refuses.
 */
export function requireIdleFields(fields: Fields, checked = CHECKED): void {
  for (const field of checked) {
    const value = fields.idle(field);
    if (value == null) continue;
    if (field !== "do_center_crop") requireSize(fields, field, value);
    else if (value === true && fields.value("crop_size") == null) throw withoutCropSize(fields);
  }
}

/** @throws {VitrailError} `recipe` for a value that Python takes for no size, whatever its numbers are. */
function requireSize(fields: Fields, field: string, value: unknown): void {
  const size = Array.isArray(value)
    ? value.length >= 2
    : typeof value === "object" && value !== null
    ? hasKeys(value as SizeKeys, ...TOGETHER)
    : Number.isSafeInteger(value);
  const sets = TOGETHER.map((keys) => keys.replace(",", " and ")).join(", or ");
  if (!size) throw fields.bad(field, `a number of pixels, [height, width], or an object of ${sets}`);
}

function withoutCropSize(fields: Fields): VitrailError {
  return fields.bad("crop_size", "a size where do_center_crop is true");
}
