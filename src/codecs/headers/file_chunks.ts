import { dataViewOf, textAt } from "./binary.ts";

/** One chunk of a PNG or a WebP file: `bytes.subarray(start, end)` is its data. */
export interface FileChunk {
  /** Four characters. */
  type: string;
  start: number;
  end: number;
}

/**
 * Yields the chunks of a PNG in file order, up to and with its end chunk; the last may end past the bytes,
 * where those were cut short.
 */
export function* pngChunks(bytes: Uint8Array): Generator<FileChunk> {
  const view = dataViewOf(bytes);
  for (let at = 8; at + 8 <= bytes.length;) {
    const start = at + 8;
    const end = start + view.getUint32(at);
    const type = textAt(bytes, at + 4, start);
    yield { type, start, end };
    if (type === "IEND") return;
    at = end + 4; // a checksum follows the data
  }
}

/**
 * Yields the chunks of a WebP in file order, up to the length that its header states; the last may end past
 * the bytes, where those were cut short.
 *
 * @param from the first chunk's place; by default behind the file's header
 */
export function* webpChunks(bytes: Uint8Array, from = 12): Generator<FileChunk> {
  const view = dataViewOf(bytes), whole = bytes.length < 8 ? 0 : view.getUint32(4, true) + 8;
  for (let at = from; at + 8 <= Math.min(bytes.length, whole);) {
    const start = at + 8;
    const end = start + view.getUint32(at + 4, true);
    yield { type: textAt(bytes, at, at + 4), start, end };
    at = end + end % 2; // chunks begin at even bytes
  }
}
