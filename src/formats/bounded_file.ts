import { VitrailError } from "../errors.ts";

/** The most bytes of a text that is read whole: tokenizers, the largest of them, have a tenth of that. */
export const MOST_TEXT_BYTES = 2 ** 28;

/** The most bytes of a config or a template: the largest have some hundred thousand. */
export const MOST_CONFIG_BYTES = 2 ** 23;

/** Bytes that are read at once. */
const PIECE = 2 ** 18;

/**
 * Reads a file, a pipe or a device whole, if it has no more than `most` bytes. A size that the system states
 * is not believed: that of `/dev/zero` is 0.
 *
 * @throws {VitrailError} `limit`, where there are more; what the system throws, where it cannot be read.
 */
export async function readBounded(
  path: string,
  most: number = MOST_TEXT_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let total = 0;;) {
    const piece = new Uint8Array(PIECE), count = await file.read(piece);
    if (count === null) return await new Blob(pieces).bytes();
    pieces.push(piece.subarray(0, count));
    total += count;
    if (total > most) {
      throw new VitrailError("limit", `${path} has more than the ${most} bytes that it may have`);
    }
  }
}

/**
 * Reads a text whole, in UTF-8, with the bounds and the errors of {@linkcode readBounded}.
 * @throws {VitrailError} `io`, too, for bytes that are no UTF-8.
 */
export async function readBoundedText(path: string, most: number = MOST_TEXT_BYTES): Promise<string> {
  return textOfBytes(await readBounded(path, most), path, true);
}

/**
 * Returns the text of a file's bytes, in UTF-8.
 * @param path the file, in messages
 * @param ignoreBOM true keeps the mark that may begin a text
 * @throws {VitrailError} `io` for bytes that are no UTF-8, as Python has an error for them.
 */
export function textOfBytes(bytes: Uint8Array, path: string, ignoreBOM = false): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM }).decode(bytes);
  } catch (cause) {
    throw new VitrailError("io", `${path} is no text: its bytes are not UTF-8`, { cause });
  }
}
