import { createHash } from "node:crypto";
import { VitrailError } from "../../errors.ts";
import { readFullSync } from "../../formats/read_full.ts";

/** The bytes that are read of a file at one time. */
const READ_BYTES = 2 ** 18;

/** The open file of a data set, read from end to end, and then in places. */
export class DataSetBytes {
  #sha256 = "";
  /** The room that texts are read to, one after another: a million arrays of their own would be garbage. */
  readonly #room = new Uint8Array(2 ** 16);
  readonly #decoder = new TextDecoder();

  /** Takes an open file. */
  constructor(
    /** The file's path, as given. */
    readonly path: string,
    readonly file: Deno.FsFile,
  ) {}

  /** Yields the bytes of the file, from its first to its last. A chunk lies where the one before lay. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256"), bytes = new Uint8Array(READ_BYTES);
    this.file.seekSync(0, Deno.SeekMode.Start);
    for (;;) {
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
    return this.#read(begin, new Uint8Array(end - begin));
  }

  /**
   * Reads the text from the byte `begin` up to `end`.
   * @throws {VitrailError} `io` where the file has fewer bytes now.
   */
  text(begin: number, end: number): string {
    const length = end - begin;
    if (length > this.#room.length) return this.#decoder.decode(this.between(begin, end));
    return this.#decoder.decode(this.#read(begin, this.#room.subarray(0, length)));
  }

  /** Fills `bytes` from the file's byte `begin` on, and returns them. */
  #read<T extends Uint8Array>(begin: number, bytes: T): T {
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
