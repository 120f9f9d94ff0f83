import { VitrailError } from "../errors.ts";

/** Characters of a text that are shown of it. */
const TEXT_SHOWN = 24;

/** Bytes that are shown of what is no text. */
const BYTES_SHOWN = 8;

/** Returns the `decode` error of a picture that cannot be read: `cannot read b.jpg as a picture: <why>`. */
export function unreadable(name: string, why: string, cause?: unknown): VitrailError {
  return new VitrailError("decode", `cannot read ${name} as a picture: ${why}`, { cause });
}

/** Describes bytes that are no picture: as empty, as text with its beginning, or by the first of them. */
export function looksLike(bytes: Uint8Array): string {
  if (bytes.length === 0) return "it is empty (0 bytes)";
  const head = bytes.subarray(0, 256);
  if (head.every(isTextByte)) {
    const text = new TextDecoder().decode(head).replaceAll(/\s+/g, " ").trim();
    return `it begins with text: ${JSON.stringify(text.slice(0, TEXT_SHOWN))}`;
  }
  const hex = Array.from(head.subarray(0, BYTES_SHOWN), (byte) => byte.toString(16).padStart(2, "0"));
  return `its first bytes, ${hex.join(" ")}, begin no picture format`;
}

function isTextByte(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
