import { parse, type ParseError, printParseErrorCode } from "npm:jsonc-parser@3.3.1";
import { createHash } from "node:crypto";
import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { readFullSync } from "../../formats/read_full.ts";
import { brokenJson, type JsonSlice, jsonSlices } from "./json_stream.ts";
import { type Sample, sampleOf } from "./sample.ts";

/** A sample read from its file, with the name that messages give it. */
export interface PlacedSample {
  /** The checked sample. */
  readonly sample: Sample;
  /** The JSON text of the sample, as the file has it. */
  readonly json: string;
  /** The name in messages, such as `sample 3 of data.json (id 7, line 12)`. */
  readonly where: string;
}

/**
 * The JSON file of a data set: a list of samples, or a sample a line.
 *
 * Opening the file reads it once and keeps where each sample lies, in 24 bytes a sample. A sample itself is
 * read again whenever it is wanted.
 */
export class DataFile {
  readonly #file: Deno.FsFile;
  readonly #begins: number[] = [];
  readonly #ends: number[] = [];
  readonly #lines: number[] = [];
  #sha256 = "";

  private constructor(
    /** The file's path, as given. */
    readonly path: string,
    file: Deno.FsFile,
  ) {
    this.#file = file;
  }

  /**
   * Opens a data set's file.
   * @throws {VitrailError} `io` where it cannot be read; `dataset`, with line and column, where it is not
   * JSON.
   */
  static async open(path: string): Promise<DataFile> {
    const file = await Deno.open(path).catch((error) => {
      throw ioError("read the data set", path, error);
    });
    const data = new DataFile(path, file);
    try {
      await data.#index();
      return data;
    } catch (error) {
      file.close();
      throw ioError("read the data set", path, error);
    }
  }

  async #index(): Promise<void> {
    const hash = createHash("sha256");
    for await (const slice of jsonSlices(this.#chunks(hash), this.path)) {
      requireJson(slice, this.path);
      this.#begins.push(slice.begin);
      this.#ends.push(slice.end);
      this.#lines.push(slice.line);
    }
    this.#sha256 = hash.digest("hex");
  }

  async *#chunks(hash: { update(bytes: Uint8Array): unknown }): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = new Uint8Array(2 ** 18);
      const count = await this.#file.read(bytes);
      if (count === null) return;
      const chunk = bytes.subarray(0, count);
      hash.update(chunk);
      yield chunk;
    }
  }

  /** The count of its samples. */
  get length(): number {
    return this.#begins.length;
  }

  /** The sha256 of the file's bytes, in hex. */
  get sha256(): string {
    return this.#sha256;
  }

  /**
   * Reads the sample at `index`, from 0.
   * @throws {VitrailError} `dataset` where a field is not as the format says; `io` where the file has
   * changed.
   */
  read(index: number): PlacedSample {
    const json = new TextDecoder().decode(this.#bytesBetween(this.#begins[index], this.#ends[index]));
    let value: { id?: unknown };
    try {
      value = JSON.parse(json);
    } catch {
      throw changedFile(this.path);
    }
    const id = value.id === undefined ? "" : `id ${JSON.stringify(value.id)}, `;
    const where = `sample ${index + 1} of ${this.path} (${id}line ${this.#lines[index]})`;
    return { sample: sampleOf(value, where), json, where };
  }

  #bytesBetween(begin: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - begin);
    this.#file.seekSync(begin, Deno.SeekMode.Start);
    if (readFullSync(this.#file, bytes) < bytes.length) throw changedFile(this.path);
    return bytes;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function changedFile(path: string): VitrailError {
  return new VitrailError("io", `${path} has changed since it was opened`);
}

/**
 * Checks that a slice is JSON.
 * @throws {VitrailError} `dataset`, with line and column of the first mistake, where it is not.
 */
function requireJson({ text, line, column }: JsonSlice, path: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    // The platform's parser does not always name the place of a mistake; this parser does.
    const mistakes: ParseError[] = [];
    parse(text, mistakes, { disallowComments: true });
    const at = mistakes[0]?.offset ?? 0;
    const before = text.slice(0, at).split("\n");
    const inLine = before.length > 1 ? before.at(-1)!.length + 1 : column + at;
    const code = mistakes.length > 0 ? wordsOf(printParseErrorCode(mistakes[0].error)) : String(error);
    throw brokenJson(path, line + before.length - 1, inLine, code);
  }
}

/** Returns the words of a name in camel case: `CommaExpected` gives `comma expected`. */
function wordsOf(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
