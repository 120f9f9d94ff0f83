import { VitrailError } from "../../errors.ts";

/** One element of a JSON list, or object of JSON lines: its text and its place in the file. */
export interface JsonSlice {
  /** The first byte, counted from the file's start. */
  readonly begin: number;
  /** The byte after the last. */
  readonly end: number;
  /** The line that it begins in, counted from 1. */
  readonly line: number;
  /** The column that it begins in, in characters, counted from 1. */
  readonly column: number;
  /** Its JSON. */
  readonly text: string;
  /** True where a record is a line: a mistake in one says nothing of the others. */
  readonly alone: boolean;
  /** The mistake of what is cut to no object, or is not UTF-8, whose text is empty; absent for an object. */
  readonly mistake?: VitrailError;
}

/** The most bytes that one record may have, with all that lies in it. */
export const RECORD_BYTES = 256 * 2 ** 20;

/** The most objects and lists that lie in each other: Python reads hardly more, and walks end in a stack. */
export const DEEPEST = 512;

/** The `dataset` error of JSON with more levels than records may have. */
export function tooDeep(what: string): VitrailError {
  return new VitrailError("dataset", `${what} has more than ${DEEPEST} objects and lists in each other`);
}

/** The bytes that the cutter looks for. */
const QUOTE = 0x22, ESCAPE = 0x5c, COMMA = 0x2c, NEWLINE = 0x0a;
const OPEN_LIST = 0x5b, CLOSE_LIST = 0x5d, OPEN_OBJECT = 0x7b, CLOSE_OBJECT = 0x7d;

/** The kinds of values by how they end: by a bracket, by a quote, or before what is no part of a word. */
type Ending = "bracket" | "quote" | "word";

/** The states between two objects, by what may come next. */
type Expected = "start" | "value or end" | "value" | "comma or end" | "line" | "value on a line" | "nothing";

/** The text for each state in a message. */
const TEXTS: Readonly<Record<Expected, string>> = {
  "start": 'a list "[" of samples, or one "{" sample "}" a line',
  "value or end": 'a sample "{" or the list\'s end "]"',
  "value": 'a sample "{"',
  "comma or end": 'a comma or the list\'s end "]"',
  "line": "a new line before the next sample",
  "value on a line": 'a sample "{"',
  "nothing": "nothing after the list",
};

/**
 * Cuts a JSON list, or JSON lines, into its objects, one in memory at a time. A list's elements that are no
 * objects are cut, too.
 *
 * Only brackets, quotes and the ends of words are looked at. Whether a slice is JSON, and an object, is for
 * its reader to check.
 *
 * Each line is a record in a file whose first object is a line, and with `lines`. Another one whose brackets
 * do not match, or that is anything else, becomes a slice with its mistake, and the next line is read.
 *
 * @param chunks the file's bytes, in order
 * @param name the file's name in messages
 * @param most the most bytes that an object may have
 * @param lines true where each line is known to be a record, so that the first may be broken as well
 * @throws {VitrailError} `dataset`, with line and column, where brackets of a list do not match, or where
 * anything but white space and commas lies between its elements; with its line, for one that is larger.
 */
export async function* jsonSlices(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  most: number = RECORD_BYTES,
  lines = false,
): AsyncGenerator<JsonSlice> {
  const cutter = new Cutter(name, most, lines);
  for await (const chunk of chunks) yield* cutter.cut(chunk);
  yield* cutter.finish();
}

/** The state of the cut, which goes on from one chunk of bytes to the next. */
class Cutter {
  #expected: Expected;
  /** The way in which the open value ends. */
  #ending: Ending = "bracket";
  #depth = 0;
  #inText = false;
  #escaped = false;
  /** True where each line is a record; undefined until that is known. */
  #lines: boolean | undefined;
  /** The mistake of the line that is read, which goes on to its end. */
  #mistake: VitrailError | undefined;
  /** The object of the line that is read, until the line's end shows that it holds nothing else. */
  #held: JsonSlice | undefined;
  /** The bytes of the open object that chunks so far have held. */
  #pieces: Uint8Array[] = [];
  #begin = { at: 0, line: 1, column: 1 };
  /** The count of bytes before this chunk. */
  #before = 0;
  /** The place of the byte that is looked at. */
  #line = 1;
  #column = 0;

  constructor(readonly name: string, readonly most: number, lines: boolean) {
    this.#expected = lines ? "value on a line" : "start";
    this.#lines = lines || undefined;
  }

  *cut(chunk: Uint8Array): Generator<JsonSlice> {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if ((byte & 0xc0) !== 0x80) this.#column++; // the first byte of a character
      if (this.#depth > 0 && this.#ending === "word" && endsWord(byte)) {
        this.#depth = 0;
        this.#pieces.push(chunk.subarray(from, i));
        yield this.#slice(this.#before + i);
      }
      if (this.#depth > 0) {
        if (this.#closes(byte)) {
          this.#pieces.push(chunk.subarray(from, i + 1));
          const slice = this.#slice(this.#before + i + 1);
          if (this.#expected === "line") this.#held = slice;
          else yield slice;
        }
      } else if (this.#mistake === undefined && this.#opens(byte, this.#before + i)) from = i;
      if (byte === NEWLINE) {
        yield* this.#endLine(this.#before + i);
        this.#line++;
        this.#column = 0;
      }
    }
    if (this.#depth > 0) this.#pieces.push(chunk.slice(from));
    this.#before += chunk.length;
    if (this.#depth > 0 && this.#before - this.#begin.at > this.most) throw this.#tooLarge();
  }

  /** Takes a byte inside a value; true for the byte that ends it. */
  #closes(byte: number): boolean {
    if (this.#ending === "word") return false;
    if (this.#inText) {
      if (byte === NEWLINE) return this.#broken("a text is not closed on its line");
      if (this.#escaped) this.#escaped = false;
      else if (byte === ESCAPE) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inText = false;
        if (this.#ending === "quote") this.#depth = 0;
      }
      return this.#depth === 0;
    }
    if (byte === QUOTE) this.#inText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (++this.#depth > DEEPEST) {
        return this.#broken(`more than ${DEEPEST} objects and lists in each other`);
      }
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#depth--;
    else if (byte === NEWLINE && this.#lines) return this.#broken("the line ends inside its sample");
    return this.#depth === 0;
  }

  /** Takes byte `at` of the file, between values; true for a byte that begins one. */
  #opens(byte: number, at: number): boolean {
    if (byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09) return false;
    if (at < 3 && byte === [0xef, 0xbb, 0xbf][at]) return false; // a byte order mark
    const expected = this.#expected;
    this.#begin = { at, line: this.#line, column: this.#column };
    const inList = expected === "value" || expected === "value or end";
    const begins = inList
      ? byte !== COMMA && byte !== CLOSE_LIST
      : byte === OPEN_OBJECT && (expected === "start" || expected === "value on a line");
    if (begins) {
      this.#expected = inList ? "comma or end" : "line";
      this.#ending = byte === OPEN_OBJECT || byte === OPEN_LIST
        ? "bracket"
        : byte === QUOTE
        ? "quote"
        : "word";
      this.#inText = byte === QUOTE;
      this.#depth = 1;
      return true;
    }
    if (byte === OPEN_LIST && expected === "start") this.#expected = "value or end";
    else if (byte === COMMA && expected === "comma or end") this.#expected = "value";
    else if (byte === CLOSE_LIST && expected.endsWith("or end")) this.#expected = "nothing";
    else return this.#broken(`found ${shown(byte)}, expected ${TEXTS[expected]}`);
    return false;
  }

  #slice(end: number): JsonSlice {
    const { at: begin, line, column } = this.#begin;
    const place = { begin, end, line, column, alone: false }, bytes = joined(this.#pieces);
    this.#pieces = [];
    try {
      return { ...place, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
    } catch (cause) {
      const mistake = new VitrailError(
        "dataset",
        `${this.name} is not UTF-8 in the sample that begins at line ${line}, column ${column}`,
        { cause },
      );
      return { ...place, text: "", mistake };
    }
  }

  /** Gives what the line that ends at `end` holds outside a list: its object, or its mistake. */
  *#endLine(end: number): Generator<JsonSlice> {
    const held = this.#held, mistake = this.#mistake;
    if (held === undefined && mistake === undefined) return;
    const { at: begin, line, column } = this.#begin;
    this.#lines ??= line === this.#line;
    this.#held = this.#mistake = undefined;
    this.#expected = "value on a line";
    if (mistake !== undefined) yield { begin, end, line, column, text: "", alone: true, mistake };
    else yield { ...held!, alone: this.#lines };
  }

  *finish(): Generator<JsonSlice> {
    if (this.#depth > 0) {
      this.#broken(`the file ends inside the sample that begins at line ${this.#begin.line}`);
    }
    yield* this.#endLine(this.#before);
    if (["value or end", "value", "comma or end"].includes(this.#expected)) {
      this.#broken(`the file ends, expected ${TEXTS[this.#expected]}`);
    }
  }

  #tooLarge(): VitrailError {
    return new VitrailError(
      "dataset",
      `${this.name}: the sample that begins at line ${this.#begin.line} has more than ${this.most} bytes, ` +
        `the most that one may have`,
    );
  }

  /** Notes the mistake of a line that is a record, whose rest is then passed over; throws any other. */
  #broken(what: string): false {
    const mistake = brokenJson(this.name, this.#line, Math.max(1, this.#column), what);
    if (!this.#lines) throw mistake;
    this.#mistake = mistake;
    this.#depth = 0;
    this.#inText = this.#escaped = false;
    this.#pieces = [];
    return false;
  }
}

/** The `dataset` error of a file that is not JSON, with the place of the mistake. */
export function brokenJson(name: string, line: number, column: number, what: string): VitrailError {
  return new VitrailError("dataset", `${name} is not JSON at line ${line}, column ${column}: ${what}`);
}

/** Says whether a byte ends a word, such as a number or `null`, of a list. */
function endsWord(byte: number): boolean {
  return byte <= 0x20 || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT;
}

function shown(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `the byte 0x${byte.toString(16)}`;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
