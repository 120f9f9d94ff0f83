import { messageOf, VitrailError } from "../errors.ts";
import { runtime } from "../runtime/here.ts";
import { requireFormat } from "./headers/format.ts";
import { isPath, isRawPixels, type Picture, pictureName, type RawPixels } from "./picture.ts";

/** An encoded picture, read, and what messages call it. */
export interface EncodedPicture {
  bytes: Uint8Array;
  name: string;
}

/** The most bytes of an encoded picture, where nobody says otherwise. */
export const MAX_BYTES = 2 ** 30;

/** The bytes of a file that say if it is a picture. */
const MAGIC_BYTES = 256;

/** The bytes of a file that is not read for nothing, should it be no picture. */
const LARGE = 2 ** 24;

/**
 * Reads the bytes of an encoded picture; raw pixels are returned as given.
 *
 * @param index the picture's place in the list, from 0, by which messages name it
 * @param maxBytes the most bytes that it may have
 * @throws {VitrailError} `io`, where a file cannot be read; `decode`, where it begins as no picture does;
 * `limit`, where it is too long; `usage`, where it is no kind of picture.
 */
export async function readPicture(
  picture: Picture,
  index: number,
  maxBytes: number = MAX_BYTES,
): Promise<EncodedPicture | RawPixels> {
  const name = pictureName(picture, index);
  if (isPath(picture)) {
    return {
      bytes: await reading(picture, name, (local, size) => readWhole(local, size, name, maxBytes)),
      name,
    };
  }
  const given = picture instanceof ArrayBuffer ? new Uint8Array(picture) : picture;
  if (given instanceof Uint8Array) {
    requireBytes(given.length, maxBytes, name);
    return { bytes: given, name };
  }
  if (given instanceof Blob) {
    requireBytes(given.size, maxBytes, name);
    return { bytes: new Uint8Array(await given.arrayBuffer()), name };
  }
  if (isRawPixels(given)) return given;
  const kinds = "a path, a file: URL, bytes, a Blob or { width, height, data }";
  throw new VitrailError("usage", `${name} is ${kindOf(given)}; a picture is ${kinds}`);
}

/** Reads a file that begins as a picture does. The first bytes of a large one are looked at first. */
async function readWhole(
  local: string | URL,
  size: number,
  name: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const isLarge = size > LARGE;
  if (isLarge) requireFormat(await runtime.readStart(local, MAGIC_BYTES), name);
  requireBytes(size, maxBytes, name);
  const bytes = await runtime.readFile(local);
  if (!isLarge) requireFormat(bytes, name);
  return bytes;
}

/**
 * Refuses a picture that is too long.
 *
 * @throws {VitrailError} `limit`
 */
function requireBytes(bytes: number, maxBytes: number, name: string): void {
  if (bytes <= maxBytes) return;
  throw new VitrailError("limit", `${name} has ${bytes} bytes; maxBytes (--max-bytes) allows ${maxBytes}`);
}

/**
 * Reads the first `length` bytes of a picture's file, or all of one whose length `keeps` takes.
 *
 * @returns the bytes; whether they are known to be the whole file; and what `keeps` said.
 * @throws {VitrailError} `io`, where the file cannot be read; `decode`, where it begins as no picture does;
 * `limit`, where it has more than `maxBytes`; `usage`, where the path is a URL of no file.
 */
export function readHead(
  path: string | URL,
  name: string,
  { length, keeps, maxBytes }: { length: number; keeps: (bytes: number) => boolean; maxBytes: number },
): Promise<{ bytes: Uint8Array; whole: boolean; kept: boolean }> {
  return reading(path, name, async (local, size) => {
    const kept = keeps(size);
    const bytes = kept ? await runtime.readFile(local) : await runtime.readStart(local, length);
    requireFormat(bytes, name);
    requireBytes(size, maxBytes, name);
    return { bytes, whole: kept || bytes.length < length, kept };
  });
}

/** Has `read` read a file, and says in plain words why it cannot. */
async function reading<T>(
  path: string | URL,
  name: string,
  read: (local: string | URL, size: number) => Promise<T>,
): Promise<T> {
  const scheme = schemeOf(String(path));
  if (scheme !== undefined && scheme !== "file") {
    throw new VitrailError(
      "usage",
      `${name} is a ${scheme}: URL; fetch it and pass its bytes, or give a file`,
    );
  }
  try {
    const local = scheme === undefined ? path : new URL(path);
    const { isFile, isDirectory, size } = await runtime.stat(local);
    if (isFile || isDirectory) return await read(local, size);
  } catch (error) {
    if (error instanceof VitrailError) throw error;
    throw new VitrailError("io", ioMessage(error, name), { cause: error });
  }
  // Such a thing might be waited for in vain.
  throw new VitrailError("io", `${name} is a pipe or a device, not a picture file`);
}

/** Returns the scheme of a URL; undefined for a path, be it `IMG:1.jpg` or `C:\IMG.jpg`. */
function schemeOf(path: string): string | undefined {
  const [, before, bare] = /^(?:([a-z][a-z0-9+.-]+):\/\/|(data|blob|file):)/i.exec(path) ?? [];
  return before ?? bare;
}

function ioMessage(error: unknown, name: string): string {
  const { code, name: kind } = error as { code?: unknown; name?: unknown };
  if (code === "ENOENT") return `no such file: ${name}`;
  if (code === "EISDIR") return `${name} is a directory, not a picture file`;
  if (kind === "NotCapable") return `reading ${name} needs --allow-read`;
  if (code === "EACCES" || code === "EPERM") return `the system does not permit reading ${name}`;
  return `cannot read ${name}: ${messageOf(error)}`;
}

/** Says what kind of thing a caller gave in place of a picture. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return `a ${typeof value}`;
  const names = Object.keys(value), { width, height, data } = value as Partial<RawPixels>;
  const fields = ["width", "height", "data"].every((field) => names.includes(field)) &&
    { width, height, data };
  if (!fields) return `an object with the fields ${names.slice(0, 6).join(", ") || "(none)"}`;
  const kinds = Object.entries(fields).map(([field, own]) => `${field}: ${classOf(own)}`);
  return `{ ${kinds.join(", ")} }, not of two numbers and a Uint8Array or Uint8ClampedArray`;
}

/** Returns the name of a value's class, or of its kind where it has none. */
function classOf(value: unknown): string {
  return typeof value === "object" && value !== null ? value.constructor?.name ?? "object" : typeof value;
}
