import type { RawPixels } from "../codecs/picture.ts";

/**
 * Splits an RGBA picture into two of three channels: its colour, times alpha where `premultiplied`, and its
 * alpha three times.
 * Source: Pillow `src/libImaging/Convert.c`, `rgbA2rgba`, and `ImagingUtils.h`, `MULDIV255`.
 */
export function planesOf({ width, height, data }: RawPixels, premultiplied: boolean): RawPixels[] {
  const colour = new Uint8Array(width * height * 3), alpha = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const a = data[from + 3];
    for (let channel = 0; channel < 3; channel++) {
      const value = data[from + channel], product = value * a + 128;
      colour[to + channel] = premultiplied ? (product >> 8) + product >> 8 : value;
      alpha[to + channel] = a;
    }
  }
  return [{ width, height, data: colour }, { width, height, data: alpha }];
}

/**
 * Merges two canvases `[2, h, w, 3]`, colour and alpha, into RGBA `[h, w, 4]`. Premultiplied colour is
 * divided by alpha again, toward zero.
 * Source: Pillow `src/libImaging/Convert.c`, `rgba2rgbA`.
 */
export function merged(planes: Uint8Array, premultiplied: boolean): Uint8Array {
  const half = planes.length / 2;
  const rgba = new Uint8Array(half / 3 * 4);
  for (let from = 0, to = 0; from < half; from += 3, to += 4) {
    const a = planes[half + from];
    const divided = premultiplied && a !== 0 && a !== 255;
    for (let channel = 0; channel < 3; channel++) {
      const value = planes[from + channel];
      rgba[to + channel] = divided ? Math.min(255, Math.trunc(255 * value / a)) : value;
    }
    rgba[to + 3] = a;
  }
  return rgba;
}
