import { createHash } from "node:crypto";
import { type FilePieces, writeAtomically } from "./atomic_write.ts";

/**
 * Writes a file as {@linkcode writeAtomically} does, and returns its length and its sha256, in hex.
 *
 * @param pieces the bytes, or a function that gives them; `digest` returns the sha256 of those before
 * @throws {VitrailError} `io`, with the path and why; whatever the source of the pieces throws.
 */
export async function writeHashed(
  path: string,
  pieces: FilePieces | ((digest: () => Uint8Array) => FilePieces),
  temporary?: string,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const given = typeof pieces === "function" ? pieces(() => hash.copy().digest()) : pieces;
  await writeAtomically(path, given, temporary, (piece) => {
    hash.update(piece);
    bytes += piece.length;
  });
  return { bytes, sha256: hash.digest("hex") };
}
