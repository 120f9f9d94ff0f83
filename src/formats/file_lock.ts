import { ioError } from "./io_error.ts";

/** A lock by which one process at a time does something: a file, which is gone when it is given back. */
export class FileLock {
  readonly #file: Deno.FsFile;

  private constructor(
    /** The file's path. */
    readonly path: string,
    file: Deno.FsFile,
  ) {
    this.#file = file;
  }

  /**
   * Takes a lock; undefined where another process has it.
   * @throws {VitrailError} `io` where the file cannot be made.
   */
  static async take(path: string): Promise<FileLock | undefined> {
    const file = await Deno.open(path, { write: true, create: true }).catch((error) => {
      throw ioError("write", path, error);
    });
    if (await file.tryLock(true) && await isNamed(file, path)) return new FileLock(path, file);
    file.close();
  }

  /** Gives the lock back. */
  async [Symbol.asyncDispose](): Promise<void> {
    // The file may stay: closing it ends the lock, which is what keeps others out.
    await Deno.remove(this.path).catch(() => {});
    this.#file.close();
  }
}

/** Returns whether an open file still has its name: the process that had it before may have removed it. */
async function isNamed(file: Deno.FsFile, path: string): Promise<boolean> {
  const named = await Deno.stat(path).catch(() => undefined);
  return named !== undefined && named.ino === (await file.stat()).ino;
}
