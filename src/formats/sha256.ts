import { createHash, type Hash } from "node:crypto";
import { ioError } from "./io_error.ts";
import { readFullSync } from "./read_full.ts";

/** Bytes of a file that are hashed at once. */
const PIECE = 2 ** 20;

/** The bytes of a seal: the sha256 of all bytes before it, at the end of a file. */
export const SEAL_BYTES = 32;

/**
 * Returns the sha256 of a file, in hex.
 *
 * @throws {VitrailError} `io` where the file cannot be read.
 */
export async function sha256Of(path: string): Promise<string> {
  return (await sealedSha256Of(path)).sha256;
}

/**
 * Returns the sha256 of a file, in hex, and whether its last bytes are a seal that fits those before them.
 *
 * @throws {VitrailError} `io` where the file cannot be read.
 */
export async function sealedSha256Of(path: string): Promise<{ sha256: string; sealed: boolean }> {
  const hash = createHash("sha256");
  try {
    using file = await Deno.open(path);
    const { size } = await file.stat(), seal = new Uint8Array(SEAL_BYTES);
    await hashBytes(hash, file, Math.max(0, size - SEAL_BYTES));
    const before = hash.copy().digest(), length = readFullSync(file, seal);
    hash.update(seal.subarray(0, length));
    await hashBytes(hash, file, Infinity); // a file that grew meanwhile
    return { sha256: hash.digest("hex"), sealed: before.equals(seal) };
  } catch (error) {
    throw ioError("read", path, error);
  }
}

/** Hashes the next bytes of a file, up to a count. */
async function hashBytes(hash: Hash, file: Deno.FsFile, count: number): Promise<void> {
  const piece = new Uint8Array(PIECE);
  for (let left = count; left > 0;) {
    const read = await file.read(piece.subarray(0, Math.min(left, PIECE)));
    if (read === null) return;
    hash.update(piece.subarray(0, read));
    left -= read;
  }
}

/** Returns the sha256 of bytes, or of a text in UTF-8, in hex. */
export function sha256OfBytes(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
