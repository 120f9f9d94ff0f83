/** The constructor as Node has it, where `fromBase64` is missing up to version 24. */
const BYTES: Partial<Pick<Uint8ArrayConstructor, "fromBase64">> = Uint8Array;

/**
 * Returns the bytes of base64, of which white space is passed over and the last `=` may be missing.
 * @throws {Error} for text that is not base64: a `SyntaxError`, or where `fromBase64` is missing, a
 * `DOMException`.
 */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  if (BYTES.fromBase64) return BYTES.fromBase64(text);
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}
