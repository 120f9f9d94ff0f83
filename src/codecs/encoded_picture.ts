import { messageOf, VitrailError } from "../errors.ts";
import { type Picture, pictureName } from "./picture.ts";
import { isRawPixels, type RawPixels } from "./pixels.ts";

/** An encoded picture, read, and what messages call it. */
export interface EncodedPicture {
  bytes: Uint8Array;
  name: string;
}

/**
 * The bytes of an encoded picture, or the raw pixels as given.
 *
 * @param index the picture's place in the list, from 0, by which messages name it
 * @throws {VitrailError} `io`, where a file cannot be read; `usage`, where it is no kind of picture.
 */
export async function readPicture(picture: Picture, index: number): Promise<EncodedPicture | RawPixels> {
  const name = pictureName(picture, index);
  if (typeof picture === "string" || picture instanceof URL) {
    return { bytes: await readFile(picture, name), name };
  }
  if (picture instanceof Uint8Array) return { bytes: picture, name };
  if (picture instanceof ArrayBuffer) return { bytes: new Uint8Array(picture), name };
  if (picture instanceof Blob) return { bytes: new Uint8Array(await picture.arrayBuffer()), name };
  if (isRawPixels(picture)) return picture;
  throw new VitrailError(
    "usage",
    `${name} is ${
      kindOf(picture)
    }; a picture is a path, a file: URL, bytes, a Blob or { width, height, data }`,
  );
}

/** All of a file. */
export function readFile(path: string | URL, name: string): Promise<Uint8Array> {
  return reading(path, name, (local) => Deno.readFile(local));
}

/** The first `length` bytes of a file, or all of a shorter one, and whether that is all of it. */
export function readHead(
  path: string | URL,
  name: string,
  length: number,
): Promise<{ bytes: Uint8Array; whole: boolean }> {
  return reading(path, name, async (local) => {
    using file = await Deno.open(local);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = await file.read(bytes.subarray(filled));
      if (count === null) return { bytes: bytes.subarray(0, filled), whole: true };
      filled += count;
    }
    return { bytes, whole: false };
  });
}

async function reading<T>(
  path: string | URL,
  name: string,
  read: (local: string | URL) => Promise<T>,
): Promise<T> {
  const scheme = /^(?:([a-z][a-z0-9+.-]+):\/\/|(data|blob|file):)/i.exec(String(path))?.slice(1).find(
    Boolean,
  );
  if (scheme !== undefined && scheme !== "file") {
    throw new VitrailError(
      "usage",
      `${name} is a ${scheme}: URL; fetch it and pass its bytes, or give a file`,
    );
  }
  try {
    const local = scheme === undefined ? path : new URL(path);
    const { isFile, isDirectory } = await Deno.stat(local);
    if (isFile || isDirectory) return await read(local);
  } catch (error) {
    throw new VitrailError("io", ioMessage(error, name), { cause: error });
  }
  throw new VitrailError("io", `${name} is a pipe or a device, not a picture file`); // it might be waited for in vain
}

function ioMessage(error: unknown, name: string): string {
  if (error instanceof Deno.errors.NotFound) return `no such file: ${name}`;
  if (error instanceof Deno.errors.IsADirectory) return `${name} is a directory, not a picture file`;
  if (error instanceof Deno.errors.NotCapable) return `reading ${name} needs --allow-read`;
  if (error instanceof Deno.errors.PermissionDenied) return `the system does not permit reading ${name}`;
  return `cannot read ${name}: ${messageOf(error)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return `a ${typeof value}`;
  return `an object with the fields ${Object.keys(value).slice(0, 6).join(", ") || "(none)"}`;
}
