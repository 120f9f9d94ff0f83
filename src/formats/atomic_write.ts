import { basename, dirname, join } from "node:path";
import { folderWords } from "./folder.ts";
import { ioError } from "./io_error.ts";

/** The bytes after which those of a long file begin to reach the disk, while the next are made: 32 MiB. */
const SYNCED_AT_ONCE = 2 ** 25;

/** The bytes of a file: all at once, or in pieces, in order. */
export type FilePieces = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes the file `path`, which appears under its name only when it is whole.
 *
 * The bytes go to a temporary file in the same folder (`.<random>.part`), reach the disk, and are renamed. A
 * file that was there stays until then. An error that the source of the pieces throws passes through, and the
 * temporary file is removed; only a killed process leaves it behind.
 *
 * @param temporary the temporary file's name, for a caller who is alone in writing this path: what a killed
 * process left under that name is overwritten by the next
 * @param meanwhile called with each piece while it is written; it may read it
 * @throws {VitrailError} `io`, with the path and why.
 */
export async function writeAtomically(
  path: string,
  pieces: FilePieces,
  temporary = `.${crypto.randomUUID()}.part`,
  meanwhile: (piece: Uint8Array) => void = () => {},
): Promise<void> {
  await writeThrough(join(dirname(path), temporary), path, pieces, meanwhile);
}

/** Writes the file `temporary`, and renames it to `path`. */
async function writeThrough(
  temporary: string,
  path: string,
  pieces: FilePieces,
  meanwhile: (piece: Uint8Array) => void,
): Promise<void> {
  await refuseFolder(path);
  const file = await orIoError(path, Deno.open(temporary, { write: true, create: true, truncate: true }));
  try {
    {
      using open = file;
      await writeAndSync(open, temporary, path, pieces, meanwhile);
    }
    await orIoError(path, Deno.rename(temporary, path));
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // The caller should hear of what failed first.
    throw error;
  }
}

/**
 * Writes the pieces of a file, and has them reach the disk. Those of a long file set out while the next are
 * made, by another handle, since a handle does one thing after the other.
 */
async function writeAndSync(
  file: Deno.FsFile,
  temporary: string,
  path: string,
  pieces: FilePieces,
  meanwhile: (piece: Uint8Array) => void,
): Promise<void> {
  let waiting = 0, early: Promise<void> | undefined;
  try {
    for await (const piece of pieces instanceof Uint8Array ? [pieces] : pieces) {
      const written = orIoError(path, writeAll(file, piece));
      meanwhile(piece);
      await written;
      waiting += piece.byteLength;
      if (waiting < SYNCED_AT_ONCE || early !== undefined) continue;
      waiting = 0;
      early = syncFile(temporary).finally(() => early = undefined);
    }
  } finally {
    await early; // so that its handle is closed
  }
  await orIoError(path, file.sync());
}

/** Has what was written of a file reach the disk; an error is left to the sync at the file's end. */
async function syncFile(path: string): Promise<void> {
  try {
    using file = await Deno.open(path, { write: true });
    await file.sync();
  } catch {
    // The system tells it to the handle that wrote, too.
  }
}

/** Returns what a step of writing `path` gives; an error of the system becomes an `io` error. */
async function orIoError<T>(path: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw ioError("write", path, error, folderWords(path));
  }
}

/** Writes all of `bytes`: one write may take only some. */
async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) written += await file.write(bytes.subarray(written));
}

/**
 * Refuses a path that is a folder's. A rename onto it would fail only after all the work.
 *
 * @throws {VitrailError} `io` where the path is a folder's.
 */
export async function refuseFolder(path: string): Promise<void> {
  const found = await Deno.stat(path).catch(() => undefined);
  if (found?.isDirectory || basename(path) === "") {
    throw ioError("write", path, { code: "EISDIR" }, folderWords(path));
  }
}
