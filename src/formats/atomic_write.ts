import { basename, dirname, join } from "node:path";
import { folderWords } from "./folder.ts";
import { ioError } from "./io_error.ts";

/** The bytes of a file: at once, or in pieces, in order. */
export type Chunks = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes the file `path`, which appears under its name only when it is whole: the bytes go to a temporary file in the
 * same folder (`.<random>.part`), reach the disk, and are renamed. A file that was there stays until then. When a chunk's
 * source throws, its error passes through, and the temporary file is removed; only a killed process leaves it behind.
 *
 * @param part the temporary file's name, for a caller who is alone in writing this path: what a killed process left
 * under it is then overwritten by the next
 * @throws {VitrailError} `io`, with the path and why.
 */
export async function writeAtomically(
  path: string,
  chunks: Chunks,
  part = `.${crypto.randomUUID()}.part`,
): Promise<void> {
  await writeThrough(join(dirname(path), part), path, chunks);
}

/** Writes `part`, and renames it to `path`. */
async function writeThrough(part: string, path: string, chunks: Chunks): Promise<void> {
  const failed = (error: unknown) => ioError("write", path, error, folderWords(path));
  await refuseFolder(path);
  const file = await Deno.open(part, { write: true, create: true, truncate: true }).catch((error) => {
    throw failed(error);
  });
  try {
    {
      using open = file;
      for await (const chunk of chunks instanceof Uint8Array ? [chunks] : chunks) {
        await writeAll(open, chunk).catch((error) => {
          throw failed(error);
        });
      }
      await open.sync().catch((error) => {
        throw failed(error);
      });
    }
    await Deno.rename(part, path).catch((error) => {
      throw failed(error);
    });
  } catch (error) {
    await Deno.remove(part).catch(() => {}); // What failed first is what the caller should hear of.
    throw error;
  }
}

/** Writes all of `bytes`: one write may take only some. */
async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) written += await file.write(bytes.subarray(written));
}

/**
 * A rename onto a folder fails only at the end; a caller should hear of it before all the work.
 * @throws {VitrailError} `io` where the path is a folder's.
 */
export async function refuseFolder(path: string): Promise<void> {
  const found = await Deno.stat(path).catch(() => undefined);
  if (found?.isDirectory || basename(path) === "") {
    throw ioError("write", path, { code: "EISDIR" }, folderWords(path));
  }
}
