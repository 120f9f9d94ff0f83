import { ioError } from "../../formats/io_error.ts";

/** The bytes that are read back at a time. */
const PIECE = 2 ** 20;

/** Rows that are there before they are asked for, in a file of their own that is removed with the spool. */
export class RowSpool {
  private constructor(readonly path: string, readonly file: Deno.FsFile) {}

  /**
   * Opens an empty spool at a path; a file that a killed process left there is emptied.
   * @throws {VitrailError} `io` where the file cannot be written.
   */
  static async open(path: string): Promise<RowSpool> {
    const options = { read: true, write: true, create: true, truncate: true };
    return new RowSpool(path, await orIoError("write", path, Deno.open(path, options)));
  }

  /**
   * Adds rows.
   * @throws {VitrailError} `io` where the file cannot be written.
   */
  async add(rows: Uint8Array): Promise<void> {
    let written = 0;
    while (written < rows.length) {
      written += await orIoError("write", this.path, this.file.write(rows.subarray(written)));
    }
  }

  /**
   * Yields all rows that were added, in their order.
   * @throws {VitrailError} `io` where the file cannot be read.
   */
  async *pieces(): AsyncGenerator<Uint8Array> {
    await orIoError("read", this.path, this.file.seek(0, Deno.SeekMode.Start));
    for (;;) {
      const piece = new Uint8Array(PIECE), read = await orIoError("read", this.path, this.file.read(piece));
      if (read === null) return;
      yield piece.subarray(0, read);
    }
  }

  /** Closes and removes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.file.close();
    await Deno.remove(this.path).catch(() => {}); // an error before this one should be heard of
  }
}

/** Returns the result of a step on a spool's file; an error of the system becomes an `io` error. */
async function orIoError<T>(action: "read" | "write", path: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw ioError(action, path, error);
  }
}
