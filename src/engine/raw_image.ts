import type { Picture } from "../codecs/picture.ts";
import type { RawPixels } from "../codecs/pixels.ts";
import { VitrailError } from "../errors.ts";

/** transformers.js' picture: `[height, width, channels]` bytes; grey, grey with alpha, RGB or RGBA. */
export interface RawImage {
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

/**
 * A `RawImage` as the engine takes it: grey stands in all three channels. What is no `RawImage` of grey is left as it is.
 * @param index the picture's place in the call, from 0, by which messages name it
 * @throws {VitrailError} `shape` where the bytes do not fit the sizes.
 */
export function pictureOf(image: RawImage | Picture, index: number): Picture {
  const channels = (image as RawImage).channels;
  return channels === 1 || channels === 2 ? spread(image as RawImage, channels, index) : image as Picture;
}

function spread({ data, width, height }: RawImage, channels: 1 | 2, index: number): RawPixels {
  const pixels = width * height;
  if (data.length !== pixels * channels) {
    throw new VitrailError(
      "shape",
      `picture ${index + 1} is ${width}x${height} and has ${data.length} bytes: it needs ${
        pixels * channels
      } ` +
        (channels === 1 ? "(grey)" : "(grey and alpha)"),
    );
  }
  const wide = channels === 1 ? 3 : 4, spread = new Uint8Array(pixels * wide);
  for (let pixel = 0; pixel < pixels; pixel++) {
    spread.fill(data[pixel * channels], pixel * wide, pixel * wide + 3);
    if (channels === 2) spread[pixel * wide + 3] = data[pixel * channels + 1];
  }
  return { width, height, data: spread, channels: wide };
}
