/** Three values, for red, green and blue. */
export type Rgb = readonly [number, number, number];

/** The colour that most recipes pad with. */
export const WHITE: Rgb = [255, 255, 255];
/** The colour that most processors of transformers pad with. */
export const BLACK: Rgb = [0, 0, 0];

/** CLIP's mean, as torchvision's Normalize takes it. */
export const CLIP_MEAN: Rgb = [0.48145466, 0.4578275, 0.40821073];
/** CLIP's standard deviation. */
export const CLIP_STD: Rgb = [0.26862954, 0.26130258, 0.27577711];

/**
 * The rule by which a byte of a canvas becomes a value, as data. It covers all that comes after resampling,
 * cropping and padding.
 */
export interface Normalisation {
  /**
   * The library whose order of roundings it is. Each is a function of one byte, so that a table of 256 values
   * a channel holds all of it:
   * - `torchvision`: `(byte / 255 − mean) / std`, each step in f32.
   *   Source: torchvision `transforms/functional.py`, `to_tensor`, `normalize`.
   * - `numpy`: `byte · rescale` in f64, rounded to f32, then `(… − mean) / std` in f32.
   *   Source: transformers `image_transforms.py`, `rescale`, `normalize`.
   * - `fused`: `(byte − mean / rescale) / (std / rescale)` in f32.
   *   Source: transformers `image_processing_backends.py`,
   *   `TorchvisionBackend._fuse_mean_std_and_rescale_factor`.
   * - `bfloat16`: `byte · rescale`, then `(… − mean) / std`, each step in bfloat16. Without normalising it is
   *   `byte · rescale` in f32.
   *   Source: transformers `models/llama4/image_processing_llama4.py`, `rescale_and_normalize`.
   */
  rounding: "torchvision" | "numpy" | "fused" | "bfloat16";
  /** The factor of every byte, 1/255 for one; absent: none. `torchvision` always divides by 255 instead. */
  rescale?: number;
  /** The mean, which is subtracted, and the deviation, by which the rest is divided; absent: neither. */
  normalize?: {
    /** The mean of each channel. */
    mean: Rgb;
    /** The standard deviation of each channel. */
    std: Rgb;
  };
  /** The last step, in f32: a factor, then a sum; absent: none. */
  after?: {
    /** The factor. */
    times: number;
    /** The term that is added. */
    plus: number;
  };
}

/** Returns the rule of ToTensor and Normalize, as torchvision computes them. */
export function torchvisionValues(mean: Rgb, std: Rgb): Normalisation {
  return { rounding: "torchvision", rescale: 1 / 255, normalize: { mean, std } };
}

/** Returns the value of each byte in each channel: `[3, 256]` f32. */
export function valueTable(values: Normalisation): Float32Array {
  const table = new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    const at = lastValue(values, channel);
    for (let byte = 0; byte < 256; byte++) table[channel * 256 + byte] = at(byte);
  }
  return table;
}

/** Returns the value of a fill that is padded before normalising, of any number, in each channel. */
export function filledValue(values: Normalisation, fill: number): Rgb {
  return [0, 1, 2].map((channel) => lastValue(values, channel)(fill)) as unknown as Rgb;
}

const { fround } = Math;

/** Returns the function from a byte to its value in one channel, the last step included. */
function lastValue(values: Normalisation, channel: number): (byte: number) => number {
  const at = channelValue(values, channel), { after } = values;
  if (!after) return at;
  const times = fround(after.times), plus = fround(after.plus);
  return (byte: number) => fround(fround(at(byte) * times) + plus);
}

/** Returns the function from a byte to its value in one channel before the last step. */
function channelValue(
  { rounding, rescale, normalize }: Normalisation,
  channel: number,
): (byte: number) => number {
  const mean = fround(normalize?.mean[channel] ?? 0), std = fround(normalize?.std[channel] ?? 1);
  if (rounding === "fused" && rescale !== undefined && normalize) {
    const scale = fround(1 / rescale), m = fround(mean * scale), s = fround(std * scale);
    return (byte: number) => fround(fround(byte - m) / s);
  }
  if (rounding === "bfloat16" && rescale !== undefined && normalize) {
    const scale = fround(rescale), m = bfloat(mean), s = bfloat(std);
    return (byte: number) => bfloat(fround(bfloat(fround(bfloat(fround(byte * scale)) - m)) / s));
  }
  const scaled = (byte: number) => {
    if (rescale === undefined) return byte;
    if (rounding === "torchvision") return fround(byte / 255);
    return rounding === "numpy" ? fround(byte * rescale) : fround(byte * fround(rescale));
  };
  return (byte: number) => normalize ? fround(fround(scaled(byte) - mean) / std) : scaled(byte);
}

const word = new Uint32Array(1), float = new Float32Array(word.buffer);

/** Returns the nearest bfloat16 of a value in f32, halves to even. */
function bfloat(value: number): number {
  float[0] = value;
  word[0] += 0x7fff + (word[0] >>> 16 & 1);
  word[0] &= 0xffff0000;
  return float[0];
}

/** A rule whose first step comes before a resampling, and the others after it, as f32. */
export interface FloatSteps {
  /** The factor of every byte. */
  factor: number;
  /** The mean of each channel, which is subtracted. */
  mean: Rgb;
  /** The deviation of each channel, by which the rest is divided. */
  std: Rgb;
}

/** Returns the steps of a rule around a resampling of floats. */
export function floatSteps({ rescale = 1, normalize }: Normalisation): FloatSteps {
  const f32 = ([red, green, blue]: Rgb): Rgb => [fround(red), fround(green), fround(blue)];
  return {
    factor: fround(rescale),
    mean: f32(normalize?.mean ?? [0, 0, 0]),
    std: f32(normalize?.std ?? [1, 1, 1]),
  };
}

/** Returns the table that leaves bytes as they are: `[3, 256]` f32. */
export function byteTable(): Float32Array {
  return valueTable({ rounding: "torchvision" });
}
