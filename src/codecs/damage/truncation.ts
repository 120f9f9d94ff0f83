import { dataViewOf } from "../headers/binary.ts";
import { pngChunks } from "../headers/file_chunks.ts";
import { type Format, formatName } from "../headers/format.ts";
import { reachesEndMarker } from "../headers/jpeg_segments.ts";

/**
 * Says how an encoded picture was cut short: `JPEG data ends after 1204 bytes, without its end marker`.
 *
 * @returns the words; undefined where the picture goes on to its end, or its format does not tell.
 */
export function truncationOf(bytes: Uint8Array, format: Format): string | undefined {
  const ends = `${formatName(format)} data ends after ${bytes.length}`;
  switch (format) {
    case "jpeg":
      return reachesEndMarker(bytes) ? undefined : `${ends} bytes, without its end marker`;
    case "png":
      return reachesEndChunk(bytes) ? undefined : `${ends} bytes, without its end chunk`;
    case "gif":
      return bytes.at(-1) === 0x3b ? undefined : `${ends} bytes, without its trailer`;
    case "webp": {
      const whole = bytes.length >= 8 ? dataViewOf(bytes).getUint32(4, true) + 8 : 12;
      return bytes.length >= whole ? undefined : `${ends} of ${whole} bytes`;
    }
    default:
      return undefined;
  }
}

/** Returns whether a PNG goes on to its IEND chunk. */
function reachesEndChunk(bytes: Uint8Array): boolean {
  for (const { type, end } of pngChunks(bytes)) {
    if (end + 4 > bytes.length) return false;
    if (type === "IEND") return true;
  }
  return false;
}
