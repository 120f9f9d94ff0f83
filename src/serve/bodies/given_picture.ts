import { appliedOrientation } from "../../codecs/headers/applied_orientation.ts";
import type { Format } from "../../codecs/headers/format.ts";
import { type PictureHeader, readHeader } from "../../codecs/headers/header.ts";
import { namedBytes } from "../../codecs/picture.ts";
import type { RunOptions } from "../../engine/options.ts";
import { shown, VitrailError } from "../../errors.ts";
import { bytesOfBase64 } from "../../given/base64.ts";
import { isObject } from "../../given/given_value.ts";
import { netBytes } from "../../hub/net_bytes.ts";
import type { Size } from "../../plan/geometry.ts";
import { uprightSize } from "../../plan/stored_picture.ts";
import { misfit } from "../../text/messages.ts";
import type { FetchRoom } from "./fetch_room.ts";

/** The places that a request's pictures may come from, and what is wanted of them. */
export interface PictureSources {
  /** The parts of the body, by name. */
  readonly parts: ReadonlyMap<string, Uint8Array>;
  /** The hosts that pictures are fetched from. */
  readonly hosts: readonly string[];
  /** The memory of those that are fetched. */
  readonly room: FetchRoom;
  /** The most pixels of one whose size alone is given. */
  readonly maxPixels: number;
  /** The longest that fetching one may take, ms. */
  readonly timeout: number;
  /** True where the bytes are wanted; false where the size will do. */
  readonly whole: boolean;
  readonly orient: RunOptions["orient"];
  readonly signal: AbortSignal;
}

/** The characters of base64 that nearly all headers stand in: 64 KiB of bytes. */
const HEAD = 2 ** 16 / 3 * 4 & ~3;

/** The formats whose size stands at their beginning. */
const HEAD_FIRST: readonly Format[] = ["jpeg", "png", "gif", "webp", "bmp"];

/** Those whose orientation does, too. */
const ORIENTED_FIRST: readonly Format[] = ["jpeg", "gif", "bmp"];

/**
 * Returns a picture's bytes, or its size where that was given or is all that is wanted. No file is read, and
 * nothing is fetched but from the hosts that the service allows.
 *
 * @param where the picture's place, by which messages name it
 * @throws {VitrailError} `usage` for anything else; `limit` for a size of too many pixels; what
 * {@linkcode netBytes} throws.
 */
export async function givenPicture(
  value: unknown,
  where: string,
  sources: PictureSources,
): Promise<Uint8Array | Size> {
  if (isObject(value)) return givenSize(value, where, sources.maxPixels);
  if (typeof value !== "string") throw misfit(where, value, EXPECTED);
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(value.slice(0, 32)) ?? [];
  switch (scheme?.toLowerCase()) {
    case "data":
      return dataPicture(value, where, sources);
    case "part": {
      const name = value.slice("part:".length), bytes = sources.parts.get(name);
      if (bytes) return namedBytes(bytes, where);
      throw new VitrailError("usage", `${where} names the part ${shown(name)}, which the body has not`);
    }
    case "http":
    case "https":
      return namedBytes(await fetched(value, where, sources), where);
    default:
      throw misfit(where, value, `${EXPECTED}; no file is read here`);
  }
}

const EXPECTED = "a data: URI, part:NAME or a size { width, height }";

/**
 * Returns a size that a client gives.
 * @throws {VitrailError} `usage` for what is no size, `limit` for too many pixels.
 */
export function givenSize(value: unknown, where: string, maxPixels: number): Size {
  const { width, height, ...others } = (isObject(value) ? value : {}) as Partial<Size>;
  const isSide = (side: unknown) => Number.isSafeInteger(side) && (side as number) > 0;
  if (!isSide(width) || !isSide(height) || Object.keys(others).length > 0) {
    throw misfit(where, value, EXPECTED);
  }
  if (width! * height! <= maxPixels) return { width: width!, height: height! };
  throw new VitrailError(
    "limit",
    `${where} is ${width}x${height}; ${maxPixels} pixels (--max-pixels) is the most`,
  );
}

function dataPicture(
  url: string,
  where: string,
  { whole, orient, maxPixels }: PictureSources,
): Uint8Array | Size {
  const comma = url.indexOf(",");
  if (comma < 0 || !/;base64$/i.test(url.slice(0, Math.min(comma, 256)))) {
    throw new VitrailError("usage", `${where} is a data: URI that is not base64`);
  }
  const start = comma + 1;
  if (!whole && url.length - start > HEAD) {
    const size = sizeOfHead(bytesOf(url.slice(start, start + HEAD), where), where, orient);
    if (size) return givenSize(size, where, maxPixels);
  }
  return namedBytes(bytesOf(url.slice(start), where), where);
}

/** Returns the size that a picture's first bytes tell for certain; undefined where they do not. */
function sizeOfHead(head: Uint8Array, where: string, orient: RunOptions["orient"]): Size | undefined {
  let header: PictureHeader;
  try {
    header = readHeader(head, where);
  } catch (error) {
    if (error instanceof VitrailError) return undefined;
    throw error;
  }
  const certain = orient === "exif" ? ORIENTED_FIRST : HEAD_FIRST;
  return certain.includes(header.format)
    ? uprightSize(header, appliedOrientation(header, orient, where))
    : undefined;
}

function bytesOf(base64: string, where: string): Uint8Array {
  try {
    return bytesOfBase64(base64);
  } catch (cause) {
    throw new VitrailError("usage", `${where} is a data: URI that is not base64`, { cause });
  }
}

async function fetched(
  address: string,
  where: string,
  { hosts, room, timeout, signal }: PictureSources,
): Promise<Uint8Array> {
  if (!URL.canParse(address)) {
    throw new VitrailError("usage", `${where} is ${shown(address)}, which is no URL`);
  }
  const { hostname, host } = new URL(address);
  if (!hosts.includes(hostname) && !hosts.includes(host)) {
    throw new VitrailError(
      "usage",
      `${where} is at ${shown(host)}, which this service does not fetch from (--allow-net)`,
    );
  }
  return await room.fetched((most) => {
    return netBytes(address, where, { most, timeout, redirect: "error" }, signal); // elsewhere one would lead
  }, signal);
}
