import { VitrailError } from "../../errors.ts";
import { type Resampler, RESAMPLERS, TORCH_FILTERS } from "../../plan/tables/resampler.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import { type Box, type Size, sizeText, wholeOf } from "../../plan/geometry.ts";
import type { Normalisation, Rgb } from "../../plan/tables/values.ts";
import type { PixelSource, Placement } from "../../plan/view.ts";
import type { Fields } from "../fields.ts";

/** Pillow's filters by the number that configs give them (`PIL.Image.Resampling`). */
const RESAMPLING: readonly Filter[] = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"];

/** What nearly every processor's config says. */
export interface Common {
  doResize: boolean;
  filter: Filter;
  values: Normalisation;
  /** Whose resampling. Placements need not name it: the recipe does. */
  resampler: Resampler;
  /** `image_mean`, whether it is subtracted or not: some classes pad with its colour. */
  mean: Rgb;
}

/** A processor class's defaults. */
export interface CommonDefaults {
  filter: Filter;
  mean: Rgb;
  std: Rgb;
}

/** Means and deviations that classes default to. PixelSource: transformers `image_utils.py`. */
export const HALVES: Rgb = [0.5, 0.5, 0.5];
/** ImageNet's mean. */
export const IMAGENET_MEAN: Rgb = [0.485, 0.456, 0.406];
/** ImageNet's standard deviation. */
export const IMAGENET_STD: Rgb = [0.229, 0.224, 0.225];

/** Fields that say who reads the file, or how Python hands the result on: nothing of the tensors depends on them. */
const NEUTRAL = [
  "image_processor_type",
  "feature_extractor_type",
  "processor_class",
  "auto_map",
  "_valid_processor_keys",
  "return_tensors",
  "data_format",
  "input_data_format",
  "device",
  "disable_grouping",
  "default_to_square",
];

/** Fields of the classes for videos: how frames are chosen, which is done when they come here as a list. */
const OF_VIDEOS = [
  "video_processor_type",
  "do_sample_frames",
  "fps",
  "num_frames",
  "min_frames",
  "max_frames",
  "video_metadata",
  "return_metadata",
  "size_divisor",
];

/** Fields of the classes' common base: each class takes them, saves them, and reads those that it has a use for. */
const OF_THE_BASE = ["size", "crop_size", "do_center_crop", "do_pad", "pad_size"];

/** Reads the fields that processors share. */
export function commonOf(fields: Fields, defaults: CommonDefaults): Common {
  fields.ignore(...NEUTRAL, ...OF_THE_BASE);
  if (fields.given().video_processor_type !== undefined) fields.ignore(...OF_VIDEOS);
  if (fields.boolean("do_convert_rgb") === false) {
    // Vitrail's pictures are RGB whatever the file holds, so this asks for what cannot be had.
    throw fields.bad("do_convert_rgb", "true: pictures are always converted to RGB");
  }
  const doRescale = fields.boolean("do_rescale") ?? true;
  const factor = fields.number("rescale_factor", "a number above 0", (n) => n > 0) ?? 1 / 255;
  const resampler = fields.choice("resampler", RESAMPLERS) ?? "pillow";
  const doNormalize = fields.boolean("do_normalize") ?? true;
  const mean = statistics(fields, "image_mean", Number.isFinite) ?? defaults.mean;
  const std = statistics(fields, "image_std", (n) => Number.isFinite(n) && n > 0) ?? defaults.std;
  return {
    doResize: fields.boolean("do_resize") ?? true,
    filter: resampledAs(filterOf(fields) ?? defaults.filter, resampler, fields),
    resampler,
    values: {
      rounding: resampler === "torch" ? "fused" : "numpy",
      ...(doRescale ? { rescale: factor } : {}),
      ...(doNormalize ? { normalize: { mean, std } } : {}),
    },
    mean,
  };
}

/** A number for all channels, or three of them. */
function statistics(fields: Fields, field: string, valid: (n: number) => boolean): Rgb | undefined {
  return fields.take(field, "a number, or three of them", (value) => {
    const list = typeof value === "number" ? [value, value, value] : value;
    if (!Array.isArray(list) || list.length !== 3) return undefined;
    return list.every((n) => typeof n === "number" && valid(n)) ? list as unknown as Rgb : undefined;
  });
}

function filterOf(fields: Fields): Filter | undefined {
  return fields.take(
    "resample",
    `a number from 0 to 5 (${RESAMPLING.join(", ")})`,
    (value) => typeof value === "number" ? RESAMPLING[value] : undefined,
  );
}

/**
 * The filter that an resampler has for the one that is asked: torch's Lanczos is bicubic, and it has no other two.
 * PixelSource: transformers `image_processing_backends.py`, `TorchvisionBackend.resize`.
 */
function resampledAs(filter: Filter, resampler: Resampler, fields: Fields): Filter {
  if (resampler === "pillow") return filter;
  if (filter === "lanczos") return "bicubic";
  if (TORCH_FILTERS.includes(filter)) return filter;
  throw fields.bad("resample", "0, 1, 2 or 3 with resampler torch, which has neither box nor hamming");
}

/** A size as configs have it: `{ height, width }`, edges or counts of pixels, whichever the keys say. */
export type SizeKeys = Partial<
  Record<"height" | "width" | "shortest_edge" | "longest_edge" | "max_height" | "max_width", number>
>;

const SIZE_KEYS = ["height", "width", "shortest_edge", "longest_edge", "max_height", "max_width"];

/** A field that holds a size; a number is a square's side, or the shortest edge where `edge` says so. */
export function sizeKeys(fields: Fields, field: string, edge = false): SizeKeys | undefined {
  return fields.take(
    field,
    `a number of pixels, or an object with some of ${SIZE_KEYS.join(", ")}`,
    (value) => {
      const valid = (n: unknown) => Number.isInteger(n) && (n as number) > 0;
      if (valid(value)) {
        return edge
          ? { shortest_edge: value as number }
          : { height: value as number, width: value as number };
      }
      if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
      const entries = Object.entries(value).filter(([, n]) => n !== null);
      return entries.length > 0 && entries.every(([key, n]) => SIZE_KEYS.includes(key) && valid(n))
        ? Object.fromEntries(entries)
        : undefined;
    },
  );
}

/** A `{ height, width }` field. @throws {VitrailError} `recipe` where it has other keys. */
export function squareOf(fields: Fields, field: string): Size | undefined {
  const keys = sizeKeys(fields, field);
  if (!keys) return undefined;
  const { height, width, ...others } = keys;
  if (height === undefined || width === undefined || Object.keys(others).length > 0) {
    throw fields.bad(field, "an object with height and width");
  }
  return { width, height };
}

/** All of a source resampled to `content`, its top left at `offset`. Pillow goes horizontally first. */
export function whole(
  source: PixelSource,
  size: Size,
  content: Size,
  filter: Filter,
  offset = { x: 0, y: 0 },
): Placement {
  return { source, crop: wholeOf(size), content, offset, filter, order: "horizontal-first" };
}

/** A box that was cut out of a source, resampled to `content` and laid at the canvas's top left. */
export function part(source: PixelSource, box: Box, content: Size, filter: Filter): Placement {
  const offset = { x: 0, y: 0 };
  return { source, crop: box, cut: box, content, offset, filter, order: "horizontal-first" };
}

/** The smallest size that holds each of `sizes`. */
export function largestOf(sizes: readonly Size[]): Size {
  return {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  };
}

/** `round` as Python has it: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value), rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}

/** The `shape` error of a picture that a processor refuses. */
export function refused(name: string, size: Size, why: string): VitrailError {
  return new VitrailError("shape", `${name} cannot take a picture of ${sizeText(size)}: ${why}`);
}
