import { createHash } from "node:crypto";
import { type FilePieces, writeAtomically } from "./atomic_write.ts";

/**
 * Writes a file as {@linkcode writeAtomically} does, and returns its length and its sha256, in hex.
 *
 * @throws {VitrailError} `io`, with the path and why; whatever the source of the pieces throws.
 */
export async function writeHashed(
  path: string,
  pieces: FilePieces,
  temporary?: string,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  async function* hashed() {
    for await (const piece of pieces instanceof Uint8Array ? [pieces] : pieces) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  }
  await writeAtomically(path, hashed(), temporary);
  return { bytes, sha256: hash.digest("hex") };
}
