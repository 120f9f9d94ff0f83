import { parse, type ParseError, printParseErrorCode } from "npm:jsonc-parser@3.3.1";
import { VitrailError } from "../../errors.ts";
import { changedFile, type DataSetBytes } from "./data_set_bytes.ts";
import { brokenJson, type JsonSlice, jsonSlices, RECORD_BYTES } from "./json_stream.ts";
import { NumberList } from "./number_list.ts";
import { plainJson, pythonJson } from "./python_json.ts";
import type { PlacedRecord, Records } from "./records.ts";

/** The most lines with mistakes that a file may have: those are kept. */
const MOST_MISTAKES = 2 ** 16;

/**
 * The records of a JSON file: a list of them, or a record a line. In a file of lines, one that is not JSON is
 * a bad record, and so is an element of a list that is no object; a list with a mistake is no list.
 *
 * Opening the file reads it once, or twice where its first line is broken, and keeps where each record lies,
 * in 12 bytes a record, or 24 where records are of a MiB. A record is read again whenever it is wanted.
 */
export class JsonRecords implements Records {
  readonly #begins = new NumberList();
  readonly #ends = new NumberList();
  readonly #lines = new NumberList();
  /** The mistakes of lines, by index. */
  readonly #mistakes = new Map<number, string>();

  private constructor(readonly bytes: DataSetBytes) {}

  /**
   * Finds the records of a file. One that is no list, and whose first record is broken, is read as lines; it
   * is such a file where at least half of them are objects from their first column on. Objects of a list in a
   * broken object may be so, too, but are fewer than the lines around them.
   * @throws {VitrailError} `dataset`, with line and column, where it is not JSON, or more than 65 536 of its
   * lines are not.
   */
  static async open(bytes: DataSetBytes): Promise<JsonRecords> {
    const records = new JsonRecords(bytes);
    try {
      await records.#find(false);
      return records;
    } catch (error) {
      if (records.length > 0 || !(error instanceof VitrailError) || isList(bytes)) throw error;
      const lines = new JsonRecords(bytes);
      const areLines = await lines.#find(true).catch((second) => {
        if (second instanceof VitrailError && second.code === "dataset") return false;
        throw second;
      });
      if (!areLines) throw error;
      return lines;
    }
  }

  /** Finds the records; true where at least half are objects that begin in the first column of a line. */
  async #find(lines: boolean): Promise<boolean> {
    let whole = 0;
    for await (const slice of jsonSlices(this.bytes.chunks(), this.bytes.path, RECORD_BYTES, lines)) {
      const broken = mistakeIn(slice, this.bytes.path);
      const mistake = broken ?? otherThanObject(slice, this.bytes.path);
      if (mistake !== undefined) {
        if ((broken && !slice.alone) || this.#mistakes.size === MOST_MISTAKES) throw mistake;
        this.#mistakes.set(this.length, mistake.message);
      } else if (slice.column === 1) whole++;
      this.#begins.push(slice.begin);
      this.#ends.push(slice.end);
      this.#lines.push(slice.line);
    }
    return whole > 0 && 2 * whole >= this.length;
  }

  get length(): number {
    return this.#begins.length;
  }

  get sha256(): string {
    return this.bytes.sha256;
  }

  read(index: number): Promise<PlacedRecord> {
    const mistake = this.#mistakes.get(index);
    if (mistake !== undefined) return Promise.reject(new VitrailError("dataset", mistake));
    const json = this.bytes.text(this.#begins.at(index), this.#ends.at(index));
    try {
      const value = pythonJson(json) as PlacedRecord["value"];
      return Promise.resolve({ value, json: plainJson(json), place: `line ${this.#lines.at(index)}` });
    } catch {
      return Promise.reject(changedFile(this.bytes.path));
    }
  }

  [Symbol.dispose](): void {
    this.bytes[Symbol.dispose]();
  }
}

/** Returns whether a file begins as a list, behind white space or a byte order mark. */
function isList(bytes: DataSetBytes): boolean {
  const { size } = bytes.file.statSync();
  return /^\s*\[/.test(bytes.text(0, Math.min(size, 256)));
}

/** Returns the `dataset` error of a slice that is not JSON, with line and column; undefined where it is. */
function mistakeIn({ text, line, column, mistake }: JsonSlice, path: string): VitrailError | undefined {
  if (mistake !== undefined) return mistake;
  try {
    pythonJson(text);
    return undefined;
  } catch (error) {
    // The platform's parser does not always name the place of a mistake; this parser does.
    const mistakes: ParseError[] = [];
    parse(text, mistakes, { disallowComments: true });
    const at = mistakes[0]?.offset ?? 0;
    const before = text.slice(0, at).split("\n");
    const inLine = before.length > 1 ? before.at(-1)!.length + 1 : column + at;
    const code = mistakes.length > 0 ? wordsOf(printParseErrorCode(mistakes[0].error)) : String(error);
    return brokenJson(path, line + before.length - 1, inLine, code);
  }
}

/** Returns the `dataset` error of a list's element that is another value than an object. */
function otherThanObject({ text, line, column }: JsonSlice, path: string): VitrailError | undefined {
  if (text.startsWith("{")) return undefined;
  const value = text.length > 20 ? `${text.slice(0, 20)}…` : text, shown = value.replaceAll(/\s+/g, " ");
  const place = `line ${line}, column ${column}`;
  return new VitrailError("dataset", `${path} has ${shown} at ${place}, where a sample "{" is expected`);
}

/** Returns the words of a name in camel case: `CommaExpected` gives `comma expected`. */
function wordsOf(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
