import { inflateZlib } from "../inflate.ts";
import { joinedBytes, textAt } from "./binary.ts";
import { pngChunks } from "./file_chunks.ts";

/** The most bytes of a text. Source: Pillow `src/PIL/PngImagePlugin.py`, `MAX_TEXT_CHUNK`. */
const LONGEST = 2 ** 20;

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
    if (textAt(bytes, start, Math.min(end, start + begin.length)) !== begin) continue;
    const data = bytes.subarray(start + begin.length, end);
    if (type === "tEXt") found = latin(data);
    if (type === "zTXt") found = latin((data[0] === 0 && inflated(data.subarray(1))) || new Uint8Array());
    if (type === "iTXt") found = international(data) ?? found;
  }
  return found;
}

/** Returns the text of an iTXt; undefined where it is damaged. */
function international(data: Uint8Array): string | undefined {
  const language = data.indexOf(0, 2), translated = data.indexOf(0, language + 1);
  if (data.length < 2 || language === -1 || translated === -1) return undefined;
  const [compressed, method] = data, stored = data.subarray(translated + 1);
  if (compressed !== 0 && method !== 0) return undefined;
  const text = compressed === 0 ? stored : inflated(stored);
  try {
    return text && new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch {
    return undefined;
  }
}

/** Inflates a zlib stream as far as it goes; undefined where it is damaged, or too long. */
function inflated(data: Uint8Array): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let length = 0;
  const end = inflateZlib(data, (part) => {
    parts.push(part);
    length += part.length;
    return length <= LONGEST;
  });
  return end === "damaged" || end === "enough" ? undefined : joinedBytes(parts);
}

function latin(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
