import type { Filter } from "../../plan/tables/filters.ts";
import { FILTERS_OF, type Resampler } from "../../plan/tables/resampler.ts";
import { CLIP_MEAN, CLIP_STD, type Normalisation, type Rgb } from "../../plan/tables/values.ts";
import { type Backend, BACKENDS, filterOn, RESAMPLER_OF, roundingOf, TORCHVISIONS } from "../backend.ts";
import { type Fields, isRgb } from "../fields.ts";

/** Pillow's filters by the number that configs give them (`PIL.Image.Resampling`). */
const RESAMPLING: readonly Filter[] = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"];

/** The fields that nearly every processor's config has. */
export interface CommonFields {
  /** `do_resize`: false where pictures keep their sizes. */
  doResize: boolean;
  /** The filter that resamples pictures. */
  filter: Filter;
  /** The values that bytes become. */
  values: Normalisation;
  /** The library whose twin of the class is followed. */
  backend: Backend;
  /** The backend's resampler. The recipe has it, too, so that placements need not name it. */
  resampler: Resampler;
  /** `image_mean`, even where it is not subtracted: some classes pad with its colour. */
  mean: Rgb;
}

/** A processor class's defaults. */
export interface CommonDefaults {
  /** The filter where the config has no `resample`. */
  filter: Filter;
  /** `image_mean` by default. */
  mean: Rgb;
  /** `image_std` by default. */
  std: Rgb;
  /** `do_resize` by default; true where absent. */
  resize?: boolean;
  /** `rescale_factor` by default; 1/255 where absent. */
  rescale?: number;
  /** `do_normalize` by default; true where absent. */
  normalize?: boolean;
}

/** The mean and standard deviation of 0.5 that classes default to. Source: transformers `image_utils.py`. */
export const HALVES: { mean: Rgb; std: Rgb } = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/**
 * ImageNet's mean and standard deviation, which other classes default to.
 * Source: transformers `image_utils.py`.
 */
export const IMAGENET: { mean: Rgb; std: Rgb } = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/**
 * CLIP's mean and standard deviation, which other classes default to.
 * Source: transformers `image_utils.py`.
 */
export const CLIP: { mean: Rgb; std: Rgb } = { mean: CLIP_MEAN, std: CLIP_STD };

/** The fields that say who reads the file, or how Python hands the result on. No tensor depends on them. */
const NEUTRAL = [
  "image_processor_type",
  "feature_extractor_type",
  "processor_class",
  "auto_map",
  "_valid_processor_keys",
  "return_tensors",
  "input_data_format",
  "disable_grouping",
];

/** The fields of the classes' common base. Each class takes all of them, and reads those that it needs. */
const OF_THE_BASE = ["size", "crop_size", "do_center_crop", "do_pad", "pad_size", "default_to_square"];

/**
 * Reads the fields that processors share.
 * @throws {VitrailError} `recipe` for a value that makes no sense.
 */
export function commonFields(fields: Fields, defaults: CommonDefaults): CommonFields {
  fields.ignore(...NEUTRAL);
  fields.leaveUnused(...OF_THE_BASE);
  if (fields.choice("data_format", ["channels_first", "channels_last"]) === "channels_last") {
    throw fields.bad("data_format", `"channels_first": outputs have channels before height and width`);
  }
  if (fields.boolean("do_convert_rgb") === false) {
    // Decoders give RGB whatever the file holds, so this asks for what cannot be had.
    throw fields.bad("do_convert_rgb", "true: pictures are always converted to RGB");
  }
  const doRescale = fields.boolean("do_rescale") ?? true;
  const factor = fields.number("rescale_factor", "a number above 0", (n) => n > 0) ??
    defaults.rescale ?? 1 / 255;
  const backend = fields.choice("backend", BACKENDS) ?? BACKENDS[0];
  requireDeviceOf(backend, fields);
  const doNormalize = fields.boolean("do_normalize") ?? defaults.normalize ?? true;
  const mean = statistics(fields, "image_mean", Number.isFinite) ?? defaults.mean;
  const std = statistics(fields, "image_std", (n) => Number.isFinite(n) && n > 0) ?? defaults.std;
  return {
    doResize: fields.boolean("do_resize") ?? defaults.resize ?? true,
    filter: filterFor(backend, filterOf(fields) ?? defaults.filter, fields),
    backend,
    resampler: RESAMPLER_OF[backend],
    values: {
      rounding: roundingOf(backend),
      ...(doRescale ? { rescale: factor } : {}),
      ...(doNormalize ? { normalize: { mean, std } } : {}),
    },
    mean,
  };
}

/** @throws {VitrailError} `recipe` for a device whose floats are those of torchvision's other backend. */
function requireDeviceOf(backend: Backend, fields: Fields): void {
  const device = fields.value("device");
  if (device == null || backend === "pil") return; // Pillow's classes compute on a CPU, whatever it is
  if (backend === "torchvision" && device !== "cpu") {
    throw fields.bad("device", `"cpu": a GPU's floats are those of backend torchvision-cuda`);
  }
  if (backend === "torchvision-cuda" && device === "cpu") {
    throw fields.bad("device", "a GPU, or null, with backend torchvision-cuda: a CPU's is torchvision");
  }
}

/** One number for all channels, or three of them. */
function statistics(fields: Fields, field: string, valid: (n: number) => boolean): Rgb | undefined {
  return fields.take(field, "a number, or three of them", (value) => {
    const list = typeof value === "number" ? [value, value, value] : value;
    return isRgb(list, valid) ? list : undefined;
  });
}

/**
 * Reads the filter. A null, where the class takes it, is bilinear.
 * Source: transformers `image_processing_backends.py`, `resize` of both backends.
 */
function filterOf(fields: Fields): Filter | undefined {
  if (fields.isNull("resample")) return "bilinear";
  return fields.take(
    "resample",
    `a number from 0 to 5 (${RESAMPLING.join(", ")})`,
    (value) => typeof value === "number" ? RESAMPLING[value] : undefined,
  );
}

/**
 * Returns the filter that a backend takes where a config asks for `filter`.
 * @throws {VitrailError} `recipe` for a filter that the backend does not have.
 */
function filterFor(backend: Backend, filter: Filter, fields: Fields): Filter {
  const torchvision = fields.choice("torchvision", TORCHVISIONS) ?? TORCHVISIONS[0];
  const taken = filterOn(backend, torchvision, filter);
  if (taken) return taken;
  const there = FILTERS_OF[RESAMPLER_OF[backend]].join(", ");
  throw fields.bad("resample", `the number of one of ${there} with backend ${backend}`);
}

/**
 * Requires that a file gives no null for what values are made of.
 * Source: transformers `image_utils.py`, `validate_preprocess_arguments`.
 * @throws {VitrailError} `recipe` for such a null.
 */
export function requireValues(fields: Fields, { rescale, normalize }: Normalisation): void {
  const wanted = [...(normalize ? ["image_mean", "image_std"] : []), ...(rescale ? ["rescale_factor"] : [])];
  requireNoNull(fields, wanted);
}

/**
 * Requires that a file gives no null for what resizing takes.
 * Source: transformers `image_utils.py`, `validate_preprocess_arguments`.
 * @param check when the class checks it; absent: where it resizes, as nearly every class does by default
 * @param readsSize true for a class that takes no null for `size`, whether it resizes or not
 * @throws {VitrailError} `recipe` for such a null.
 */
export function requireResize(fields: Fields, check?: "asked" | "never", readsSize = false): void {
  const byDefault = check === undefined && !fields.isNull("do_resize");
  const checked = check !== "never" && (fields.value("do_resize") ?? byDefault);
  requireNoNull(fields, [...(checked || readsSize ? ["size"] : []), ...(checked ? ["resample"] : [])]);
}

/** @throws {VitrailError} `recipe` for a field that a file gives as null. */
export function requireNoNull(fields: Fields, wanted: readonly string[]): void {
  const field = wanted.find((field) => fields.isNull(field));
  if (field !== undefined) {
    throw fields.bad(field, "no null, since that is not the class's own value; leave it out");
  }
}
