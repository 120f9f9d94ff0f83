import { VitrailError } from "../errors.ts";
import type { Size } from "../plan/geometry.ts";
import { runtime } from "../runtime/here.ts";
import { loaded } from "../runtime/loaded.ts";
import { compositeOverWhite } from "./alpha.ts";
import { type DecodeWatch, hasAside, threadsAside } from "./aside/decode_threads.ts";
import { truncationOf } from "./damage/truncation.ts";
import type { DecodedPicture, DecodeOptions } from "./decode.ts";
import { type EncodedPicture, MAX_BYTES, readHead, readPicture } from "./encoded_picture.ts";
import { type Format, requireFormat } from "./headers/format.ts";
import type { PictureHeader } from "./headers/header.ts";
import {
  areForOneUse,
  channelsOf,
  isPath,
  type Picture,
  pictureName,
  plainBytes,
  type RawPixels,
} from "./picture.ts";

/** The modules that decode and read headers, imported for the first picture; a page decodes in threads. */
let decoding: typeof import("./decode.ts") | undefined;
let headers: typeof import("./headers/header.ts") | undefined;

/** Enough of a file for most headers: a JPEG's size stands behind its thumbnail and its colour profile. */
const HEAD_BYTES = 512 * 1024;

/** Formats whose size and orientation both stand before the pixels. */
const HEAD_FIRST: Format[] = ["jpeg", "gif", "bmp"];

/** Size and orientation of a picture that was not decoded. */
export interface ProbedPicture extends Size {
  /**
   * EXIF orientation, 1 (as stored) to 8, or 0 where its EXIF is damaged; `width` and `height` are those of
   * the stored pixels.
   */
  orientation: number;
  /** `"jpeg"`, `"png"`, …, or `"pixels"` for raw pixels. */
  format: string;
  /** The picture's name in messages. */
  name: string;
  /** All of a file, where `keeps` took it. */
  file?: Uint8Array;
}

/** Options of reading a header. */
export interface ProbeOptions {
  /** Takes a file of so many bytes, which is then read whole, since it is wanted later. Default: none. */
  keeps?: (bytes: number) => boolean;
  /** The most bytes that an encoded picture may have. Default {@linkcode MAX_BYTES}. */
  maxBytes?: number;
}

/**
 * Reads and decodes a picture of any kind.
 *
 * @param index the picture's place in the list, from 0, by which messages name it
 * @param watch its signal ends the decoding where that is done aside
 * @throws {VitrailError} `io`, `decode`, `limit`, `shape` or `usage`; the signal's reason.
 */
export async function loadPicture(
  picture: Picture,
  index: number,
  options: DecodeOptions = {},
  watch: DecodeWatch = {},
): Promise<DecodedPicture> {
  const source = await readPicture(picture, index, options.maxBytes);
  if ("bytes" in source) {
    let decoded;
    try {
      return decoded = await decodeSource(source, options, watch);
    } finally {
      if (isPath(picture) || areForOneUse(picture)) freeBytes(source.bytes, decoded?.data);
    }
  }
  return fromPixels(source, pictureName(picture, index), options);
}

/** Decodes an encoded picture, on this thread or beside it. */
async function decodeSource(
  { bytes, name }: EncodedPicture,
  options: DecodeOptions,
  watch: DecodeWatch,
): Promise<DecodedPicture> {
  const named = { ...options, name }, aside = threadsAside(watch);
  if (runtime.mustAnswer) return await aside.decode(bytes, named);
  decoding ??= await loaded("the decoders", () => import("./decode.ts"));
  const { decode } = decoding, isAside = await hasAside();
  watch.onBegin?.();
  return await decode(bytes, named, isAside ? aside : undefined);
}

/** Frees encoded bytes where the pixels, if there are any, do not lie in them. */
function freeBytes({ buffer, byteLength }: Uint8Array, pixels: Uint8Array | undefined): void {
  if (buffer === pixels?.buffer || byteLength < buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  if (!buffer.detached) buffer.transfer(0);
}

/**
 * Reads the stored size and the orientation of a picture of any kind, without decoding it.
 *
 * @param index the picture's place in the list, from 0, by which messages name it
 * @throws {VitrailError} `io`, `decode`, `limit`, `shape` or `usage`.
 */
export async function probePicture(
  picture: Picture,
  index: number,
  options: ProbeOptions = {},
): Promise<ProbedPicture> {
  const name = pictureName(picture, index);
  if (isPath(picture)) {
    const probed = await probeFile(picture, name, options);
    if (probed !== undefined) return probed;
  }
  const source = await readPicture(picture, index, options.maxBytes);
  if ("bytes" in source) return { ...await headerOf(source.bytes, name), name };
  channelsOf(source, name);
  return { width: source.width, height: source.height, orientation: 1, format: "pixels", name };
}

/** Reads a header from a file's first bytes; undefined where the rest is needed to be sure. */
async function probeFile(
  path: string | URL,
  name: string,
  { keeps = () => false, maxBytes = MAX_BYTES }: ProbeOptions,
): Promise<ProbedPicture | undefined> {
  const { bytes, whole, kept } = await readHead(path, name, { length: HEAD_BYTES, keeps, maxBytes });
  if (whole) return { ...await headerOf(bytes, name), name, ...(kept && { file: bytes }) };
  const format = requireFormat(bytes, name);
  if (!HEAD_FIRST.includes(format) && !endsWithin(bytes, format)) return undefined;
  try {
    return { ...await headerOf(bytes, name), name };
  } catch (error) {
    if (error instanceof VitrailError) return undefined;
    throw error;
  }
}

/** Reads a header as `readHeader` does. */
async function headerOf(bytes: Uint8Array, name: string): Promise<PictureHeader> {
  headers ??= await loaded("the reader of headers", () => import("./headers/header.ts"));
  return headers.readHeader(bytes, name);
}

/** Returns whether a picture ends within a file's first bytes, whatever follows it. */
function endsWithin(bytes: Uint8Array, format: Format): boolean {
  return (format === "webp" || format === "png") && truncationOf(bytes, format) === undefined;
}

function fromPixels(
  pixels: RawPixels,
  name: string,
  { alpha = "drop" }: DecodeOptions,
): DecodedPicture {
  const { width, height } = pixels;
  let data = plainBytes(pixels);
  if (channelsOf(pixels, name) === 4 && alpha !== "drop") {
    data = data.slice(); // the caller's bytes stay as they are
    compositeOverWhite(data, alpha);
  }
  return { width, height, data, orientation: 1, format: "pixels", decoder: "none" };
}
