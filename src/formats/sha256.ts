import { createHash } from "node:crypto";
import { ioError } from "./io_error.ts";

/** Bytes of a file that are hashed at once. */
const PIECE = 2 ** 20;

/**
 * Returns the sha256 of a file, in hex.
 *
 * @throws {VitrailError} `io` where the file cannot be read.
 */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    using file = await Deno.open(path);
    const piece = new Uint8Array(PIECE);
    for (let count = await file.read(piece); count !== null; count = await file.read(piece)) {
      hash.update(piece.subarray(0, count));
    }
  } catch (error) {
    throw ioError("read", path, error);
  }
  return hash.digest("hex");
}

/** Returns the sha256 of bytes, or of a text in UTF-8, in hex. */
export function sha256OfBytes(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
