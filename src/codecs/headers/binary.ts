/** Returns a DataView of all of `bytes`. */
export function dataViewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Returns parts of bytes as one piece. */
export function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Returns bytes `from` up to `to` as text, a character a byte; fewer where the bytes end before. A call of
 * `String.fromCharCode` with all of them takes 25 times as long as this loop, and a PNG has such a text every
 * 8 KiB.
 */
export function textAt(bytes: Uint8Array, from: number, to: number): string {
  const end = Math.min(to, bytes.length);
  let text = "";
  for (let at = from; at < end; at++) text += String.fromCharCode(bytes[at]);
  return text;
}
