import { VitrailError } from "../errors.ts";
import { textAt } from "./headers/binary.ts";

/** Characters of a text that are shown of it. */
const TEXT_SHOWN = 24;

/** Bytes that are shown of what is no text. */
const BYTES_SHOWN = 8;

/** Formats that are known by their first bytes, a character each, and not read. */
const NOT_READ: readonly (readonly [RegExp, string])[] = [
  [/^....ftyp(he[ivx]|m[is]f)/s, "a HEIF picture"],
  [/^(\xff\n|\0\0\0\fJXL )/, "a JPEG XL picture"],
  [/^(\xffO\xffQ|\0\0\0\fjP )/, "a JPEG 2000 picture"],
  [/^8BPS/, "a Photoshop picture"],
  [/^%PDF-/, "a PDF"],
  [/^.E\xdf\xa3/s, "a video"],
  [/^....ftyp/s, "a video or another file of MPEG-4's kind"],
];

/** Returns the `decode` error of a picture that cannot be read: `cannot read b.jpg as a picture: <why>`. */
export function unreadable(name: string, why: string, cause?: unknown): VitrailError {
  return new VitrailError("decode", `cannot read ${name} as a picture: ${why}`, { cause });
}

/**
 * Describes bytes that are no picture: as empty, by the name of their format, as text with its beginning, or
 * by the first of them.
 */
export function looksLike(bytes: Uint8Array): string {
  if (bytes.length === 0) return "it is empty (0 bytes)";
  const [, format] = NOT_READ.find(([begin]) => begin.test(textAt(bytes, 0, 16))) ?? [];
  if (format !== undefined) return `it is ${format}`;
  const head = bytes.subarray(0, 256);
  const text = new TextDecoder().decode(head).replaceAll(/\s+/g, " ").trim().slice(0, TEXT_SHOWN);
  if (head.every(isTextByte) && !text.includes("\ufffd")) {
    return `it begins with text: ${JSON.stringify(text)}`;
  }
  const hex = Array.from(head.subarray(0, BYTES_SHOWN), (byte) => byte.toString(16).padStart(2, "0"));
  return `its first bytes, ${hex.join(" ")}, begin no picture format`;
}

function isTextByte(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
