import { VitrailError } from "../errors.ts";

/** A decoded picture in memory: row-major, interleaved RGB or RGBA bytes, `[height, width, channels]`. */
export interface RawPixels {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
  /** 3 (RGB) or 4 (RGBA); what `data.length` says where absent. */
  channels?: 3 | 4;
}

/** Whether `value` has the fields of {@linkcode RawPixels}; their sizes are not checked here. */
export function isRawPixels(value: unknown): value is RawPixels {
  const { width, height, data } = (value ?? {}) as Partial<RawPixels>;
  return typeof width === "number" && typeof height === "number" &&
    (data instanceof Uint8Array || data instanceof Uint8ClampedArray);
}

/**
 * The channels of raw pixels, 3 or 4.
 *
 * @throws {VitrailError} `shape`, where the sizes are not whole and positive, or the bytes do not fit them.
 */
export function channelsOf(pixels: RawPixels, name: string): 3 | 4 {
  const { width, height, data, channels } = pixels;
  for (const side of [width, height]) {
    if (!Number.isSafeInteger(side) || side < 1) {
      throw new VitrailError(
        "shape",
        `${name} is ${width}x${height}: both sides must be whole numbers from 1 up`,
      );
    }
  }
  const found = data.length / (width * height);
  if ((found === 3 || found === 4) && (channels ?? found) === found) return found;
  const right = channels === undefined
    ? `${3 * width * height} (RGB) or ${4 * width * height} (RGBA)`
    : `${channels * width * height} (${channels} channels)`;
  throw new VitrailError(
    "shape",
    `${name} is ${width}x${height} and has ${data.length} bytes: it needs ${right}`,
  );
}

/** RGBA bytes `[height, width, 4]` of raw pixels; RGBA input is not copied. */
export function rgbaOf(pixels: RawPixels, name: string): Uint8Array {
  const { data } = pixels;
  if (channelsOf(pixels, name) === 4) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const rgba = new Uint8Array(pixels.width * pixels.height * 4);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from];
    rgba[to + 1] = data[from + 1];
    rgba[to + 2] = data[from + 2];
    rgba[to + 3] = 255;
  }
  return rgba;
}
