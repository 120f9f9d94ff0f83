import { VitrailError } from "../errors.ts";

/**
 * A picture as Vitrail takes it: a path, a `file:` URL, encoded bytes, a Blob, or raw pixels.
 *
 * Bytes and pixels are read in place, and are to stay as they are until the call that takes them is done.
 */
export type Picture = string | URL | Uint8Array | ArrayBuffer | Blob | RawPixels;

/** The names of encoded bytes that were given one. */
const names = new WeakMap<Uint8Array, string>();

/**
 * Gives encoded bytes a name, by which messages then call them. A `File` has one, too; but the platform keeps
 * a copy of its bytes, until it happens to collect it.
 */
export function namedBytes(bytes: Uint8Array, name: string): Uint8Array {
  names.set(bytes, name);
  return bytes;
}

/** Encoded bytes that nobody wants once they are decoded. */
const passing = new WeakSet<Uint8Array>();

/**
 * Says that bytes are for one use, and gives them a name: whoever decodes them frees them. Left to the
 * garbage collector they would keep it busy.
 */
export function bytesForOneUse(bytes: Uint8Array, name: string): Uint8Array {
  passing.add(bytes);
  return namedBytes(bytes, name);
}

/** Tells if a picture's bytes are for one use. */
export function areForOneUse(picture: Picture): boolean {
  return picture instanceof Uint8Array && passing.has(picture);
}

/** The files whose bytes were read for one use, by the bytes. */
const files = new WeakMap<Uint8Array, string | URL>();

/** Says that bytes were read from a file for one use: they may also be moved to another thread. */
export function bytesOfFile(bytes: Uint8Array, file: string | URL): Uint8Array {
  const name = pictureName(file, 0);
  if (bytes.length < bytes.buffer.byteLength) return namedBytes(bytes, name);
  files.set(bytes, file);
  return bytesForOneUse(bytes, name);
}

/** Returns the file that a picture's bytes were read from for one use; undefined for any other picture. */
export function fileOf(picture: Picture): string | URL | undefined {
  return picture instanceof Uint8Array ? files.get(picture) : undefined;
}

/** A decoded picture in memory: row-major, interleaved RGB or RGBA bytes, `[height, width, channels]`. */
export interface RawPixels {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** The bytes, `[height, width, channels]`. */
  data: Uint8Array | Uint8ClampedArray;
  /** 3 (RGB) or 4 (RGBA); by default as many as `data.length` makes them. */
  channels?: 3 | 4;
}

/**
 * Returns what messages call a picture: its file's name as given, or its place in the list.
 *
 * @param index the picture's place in the list, from 0; the message counts from 1
 */
export function pictureName(picture: Picture, index: number): string {
  if (typeof picture === "string") return picture;
  if (picture instanceof URL) return picture.href;
  if (picture instanceof File && picture.name !== "") return picture.name;
  const named = picture instanceof Uint8Array ? names.get(picture) : undefined;
  if (named !== undefined) return named;
  return placeName(index);
}

/** Returns what messages call a picture without a name: by its place in the list, from 0, counted from 1. */
export function placeName(index: number): string {
  return `picture ${index + 1}`;
}

/** Tells if a picture is given by where its file is. */
export function isPath(picture: Picture): picture is string | URL {
  return typeof picture === "string" || picture instanceof URL;
}

/** Returns whether `value` has the fields of {@linkcode RawPixels}; their sizes are not checked here. */
export function isRawPixels(value: unknown): value is RawPixels {
  const { width, height, data } = (value ?? {}) as Partial<RawPixels>;
  return typeof width === "number" && typeof height === "number" &&
    (data instanceof Uint8Array || data instanceof Uint8ClampedArray);
}

/**
 * Returns the channels of raw pixels, 3 or 4.
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
  const right = channels !== 3 && channels !== 4
    ? `${3 * width * height} (RGB) or ${4 * width * height} (RGBA)`
    : `${channels * width * height} (${channels} channels)`;
  throw new VitrailError(
    "shape",
    `${name} is ${width}x${height} and has ${data.length} bytes: it needs ${right}`,
  );
}

/** Returns the bytes of raw pixels as they are, in place. */
export function plainBytes({ data }: RawPixels): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}
