import { createHash } from "node:crypto";
import { VitrailError } from "../../errors.ts";
import { readFullSync } from "../../formats/read_full.ts";

/** The bytes that are read of a file at one time. */
const READ_BYTES = 2 ** 18;

/** The open file of a data set, read once from end to end, and then in places. */
export class DataSetBytes {
  #sha256 = "";

  /** Takes an open file, which stands at its beginning. */
  constructor(
    /** The file's path, as given. */
    readonly path: string,
    readonly file: Deno.FsFile,
  ) {}

  /** Yields the bytes of the file, from its first to its last. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    for (;;) {
      const bytes = new Uint8Array(READ_BYTES);
      const count = await this.file.read(bytes);
      if (count === null) break;
      const chunk = bytes.subarray(0, count);
      hash.update(chunk);
      yield chunk;
    }
    this.#sha256 = hash.digest("hex");
  }

  /** The sha256 of the bytes that {@linkcode chunks} gave to its end, in hex. */
  get sha256(): string {
    return this.#sha256;
  }

  /**
   * Reads the bytes from `begin` up to `end`.
   * @throws {VitrailError} `io` where the file has fewer bytes now.
   */
  between(begin: number, end: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(end - begin);
    this.file.seekSync(begin, Deno.SeekMode.Start);
    if (readFullSync(this.file, bytes) < bytes.length) throw changedFile(this.path);
    return bytes;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.file.close();
  }
}

/** The `io` error of a data set's file that has changed since it was opened. */
export function changedFile(path: string): VitrailError {
  return new VitrailError("io", `${path} has changed since it was opened`);
}
