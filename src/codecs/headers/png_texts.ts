import { inflateZlib } from "../inflate.ts";
import { joinedBytes, textAt } from "./binary.ts";
import { pngChunks } from "./file_chunks.ts";

/** The most bytes of a text. Source: Pillow `src/PIL/PngImagePlugin.py`, `MAX_TEXT_CHUNK`. */
const LONGEST = 2 ** 20;

/** A chunk of text. */
export type PngTextType = "tEXt" | "zTXt" | "iTXt";

/** The reason why a chunk's packed data is not to be had; `unknown` is a way of packing. */
export type UnreadData = "damaged" | "long" | "unknown";

/**
 * Returns a text of a PNG by its keyword, be it before or behind the pixels; undefined where there is none.
 * Of several texts the last counts. A damaged one of zTXt is empty, and one of iTXt passed over.
 *
 * Source: Pillow `src/PIL/PngImagePlugin.py`, `chunk_tEXt`, `chunk_zTXt` and `chunk_iTXt`.
 */
export function pngText(bytes: Uint8Array, keyword: string): string | undefined {
  const begin = `${keyword}\0`;
  let found: string | undefined;
  for (const { type, start, end } of pngChunks(bytes)) {
    if (!isText(type) || textAt(bytes, start, Math.min(end, start + begin.length)) !== begin) continue;
    const data = textBytes(type, bytes.subarray(start + begin.length, end));
    if (type === "iTXt") found = international(data) ?? found;
    else found = typeof data === "string" ? "" : new TextDecoder("latin1").decode(data);
  }
  return found;
}

/** Tells if a chunk is one of text. */
export function isText(type: string): type is PngTextType {
  return type === "tEXt" || type === "zTXt" || type === "iTXt";
}

/**
 * Returns the text of a chunk, unpacked, as its bytes. Source: as {@linkcode pngText}.
 * @param rest what stands behind the keyword and its zero
 */
export function textBytes(type: PngTextType, rest: Uint8Array): Uint8Array | UnreadData {
  if (type === "tEXt") return rest;
  if (type === "zTXt") return rest.length > 0 && rest[0] !== 0 ? "unknown" : unpacked(rest.subarray(1));
  const language = rest.indexOf(0, 2), translated = rest.indexOf(0, language + 1);
  if (rest.length < 2 || language === -1 || translated === -1) return "damaged";
  const [compressed, method] = rest, stored = rest.subarray(translated + 1);
  if (compressed === 0) return stored;
  return method === 0 ? unpacked(stored) : "damaged";
}

/** Returns the text of an iTXt; undefined where it is damaged. */
function international(data: Uint8Array | UnreadData): string | undefined {
  try {
    return typeof data === "string" ? undefined : new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    return undefined;
  }
}

/** Inflates a zlib stream as far as it goes, and refuses one of more than 1 MiB. */
export function unpacked(packed: Uint8Array): Uint8Array | "damaged" | "long" {
  const parts: Uint8Array[] = [];
  let length = 0;
  const end = inflateZlib(packed, (part) => {
    parts.push(part);
    length += part.length;
    return length <= LONGEST;
  });
  if (end === "enough") return "long";
  return end === "damaged" ? end : joinedBytes(parts);
}
