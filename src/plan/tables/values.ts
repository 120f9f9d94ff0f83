/** Three values, for red, green and blue. */
export type Rgb = readonly [number, number, number];

/** What most recipes pad with. */
export const WHITE: Rgb = [255, 255, 255];
/** The colour that most processors of transformers pad with. */
export const BLACK: Rgb = [0, 0, 0];

/** CLIP's mean, as torchvision's Normalize takes it. */
export const CLIP_MEAN: Rgb = [0.48145466, 0.4578275, 0.40821073];
/** CLIP's standard deviation. */
export const CLIP_STD: Rgb = [0.26862954, 0.26130258, 0.27577711];

/** What a byte becomes, as data: everything after resampling, cropping and padding. */
export interface Normalisation {
  /**
   * Whose order of roundings. Each is a function of one byte, so a table of 256 values a channel holds all of it:
   * - `torchvision`: `(byte / 255 − mean) / std`, each step in f32 (`transforms/functional.py`, `to_tensor`, `normalize`).
   * - `numpy`: `byte · rescale` in f64, rounded to f32, then the same (transformers `image_transforms.py`, `rescale`, `normalize`).
   * - `fused`: `(byte − mean / rescale) / (std / rescale)` in f32 (transformers `image_processing_backends.py`,
   *   `TorchvisionBackend._fuse_mean_std_and_rescale_factor`).
   */
  rounding: "torchvision" | "numpy" | "fused";
  /** What bytes are multiplied by, 1/255 for one; absent: they stay 0 to 255. `torchvision` always divides by 255. */
  rescale?: number;
  /** Subtracted, and divided by after that; absent: neither. */
  normalize?: { mean: Rgb; std: Rgb };
}

/** ToTensor and Normalize, as torchvision computes them. */
export function torchvisionValues(mean: Rgb, std: Rgb): Normalisation {
  return { rounding: "torchvision", rescale: 1 / 255, normalize: { mean, std } };
}

/** What each byte becomes: `[3, 256]` f32. */
export function valueTable(values: Normalisation): Float32Array {
  const table = new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    const at = channelValue(values, channel);
    for (let byte = 0; byte < 256; byte++) table[channel * 256 + byte] = at(byte);
  }
  return table;
}

const { fround } = Math;

/** A byte's value in one channel. */
function channelValue({ rounding, rescale, normalize }: Normalisation, channel: number) {
  const mean = fround(normalize?.mean[channel] ?? 0), std = fround(normalize?.std[channel] ?? 1);
  if (rounding === "fused" && rescale !== undefined && normalize) {
    const scale = fround(1 / rescale), m = fround(mean * scale), s = fround(std * scale);
    return (byte: number) => fround(fround(byte - m) / s);
  }
  const scaled = (byte: number) => {
    if (rescale === undefined) return byte;
    if (rounding === "torchvision") return fround(byte / 255);
    return rounding === "numpy" ? fround(byte * rescale) : fround(byte * fround(rescale));
  };
  return (byte: number) => normalize ? fround(fround(scaled(byte) - mean) / std) : scaled(byte);
}

/** The table that leaves bytes as they are: `[3, 256]` f32. */
export function byteTable(): Float32Array {
  return valueTable({ rounding: "torchvision" });
}
