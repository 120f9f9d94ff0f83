import { parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import { createHash } from "node:crypto";
import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { readFullSync } from "../../formats/read_full.ts";
import { brokenJson, type JsonSlice, jsonSlices } from "./json_stream.ts";
import { type Sample, sampleOf } from "./sample.ts";

/** A sample, and what messages call it. */
export interface PlacedSample {
  readonly sample: Sample;
  /** The sample as the file has it, JSON. */
  readonly json: string;
  /** Such as `sample 3 of data.json (id 7, line 12)`. */
  readonly where: string;
}

/**
 * A data set's JSON file: a list of samples, or a sample a line. Opening it reads it once, and keeps where each sample
 * lies, 24 bytes for each; samples are read again when they are wanted.
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
   * @throws {VitrailError} `io` where it cannot be read; `dataset` where it is not JSON, with line and column.
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
      this.#begins.push(slice.begin), this.#ends.push(slice.end), this.#lines.push(slice.line);
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

  /** Its samples. */
  get length(): number {
    return this.#begins.length;
  }

  /** The sha256 of its bytes, in hex. */
  get sha256(): string {
    return this.#sha256;
  }

  /**
   * Reads the sample at `index`, from 0.
   * @throws {VitrailError} `dataset` where a field is not as the format says; `io` where the file has changed.
   */
  read(index: number): PlacedSample {
    const begin = this.#begins[index], end = this.#ends[index], line = this.#lines[index];
    const bytes = new Uint8Array(end - begin);
    this.#file.seekSync(begin, Deno.SeekMode.Start);
    if (readFullSync(this.#file, bytes) < bytes.length) throw changed(this.path);
    const json = new TextDecoder().decode(bytes);
    let value: { id?: unknown };
    try {
      value = JSON.parse(json);
    } catch {
      throw changed(this.path);
    }
    const id = value.id === undefined ? "" : `id ${JSON.stringify(value.id)}, `;
    const where = `sample ${index + 1} of ${this.path} (${id}line ${line})`;
    return { sample: sampleOf(value, where), json, where };
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function changed(path: string): VitrailError {
  return new VitrailError("io", `${path} has changed since it was opened`);
}

/** @throws {VitrailError} `dataset`, with the place of the first mistake, where a slice is not JSON. */
function requireJson({ text, line, column }: JsonSlice, path: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    // The platform's parser does not always say where; this one does.
    const mistakes: ParseError[] = [];
    parse(text, mistakes, { disallowComments: true });
    const at = mistakes[0]?.offset ?? 0;
    const before = text.slice(0, at).split("\n");
    const inLine = before.length > 1 ? before.at(-1)!.length + 1 : column + at;
    const code = mistakes.length > 0 ? wordsOf(printParseErrorCode(mistakes[0].error)) : String(error);
    throw brokenJson(path, line + before.length - 1, inLine, code);
  }
}

/** `CommaExpected` as `comma expected`. */
function wordsOf(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
