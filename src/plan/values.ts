/** Three values, for red, green and blue. */
export type Rgb = readonly [number, number, number];

/** CLIP's mean, as torchvision's Normalize takes it. */
export const CLIP_MEAN: Rgb = [0.48145466, 0.4578275, 0.40821073];
/** CLIP's standard deviation. */
export const CLIP_STD: Rgb = [0.26862954, 0.26130258, 0.27577711];

/**
 * What each byte becomes: `[3, 256]` f32, the whole of ToTensor and Normalize, in torchvision's own order of
 * roundings: byte / 255, minus mean, divided by std, each rounded to f32.
 * Source: torchvision `transforms/functional.py`, `to_tensor` and `normalize`.
 */
export function normalTable(mean: Rgb, std: Rgb): Float32Array {
  const table = new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    const m = Math.fround(mean[channel]), s = Math.fround(std[channel]);
    for (let value = 0; value < 256; value++) {
      table[channel * 256 + value] = Math.fround(Math.fround(Math.fround(value / 255) - m) / s);
    }
  }
  return table;
}

/** The table that leaves bytes as they are: `[3, 256]` f32. */
export function byteTable(): Float32Array {
  return Float32Array.from({ length: 3 * 256 }, (_, i) => i % 256);
}
