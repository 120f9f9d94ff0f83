/** Numbers of so many digits may be more than a double holds. */
const LONG = /\d{16}/;

/** The words that Python writes for numbers that JSON has not got. */
const WORDS = /(?<![-\w.])(?:-?Infinity|NaN)\b/g;

/** A zero that nobody writes: it stands for NaN until the text is read. */
const NO_NUMBER = "0e99999";

/**
 * Returns the value of a JSON text as Python's `json` reads it: `NaN` and `Infinity` are numbers that are
 * none, and a whole number beyond 2⁵³ is a BigInt, which keeps all its digits.
 * @throws {SyntaxError} what `JSON.parse` throws, where it is no JSON for Python either.
 */
export function pythonJson(text: string): unknown {
  const long = LONG.test(text);
  try {
    return long ? JSON.parse(text, exactNumber) : JSON.parse(text);
  } catch (error) {
    const written = withWords(text, NO_NUMBER);
    if (written === text) throw error;
    try {
      return JSON.parse(written, exactNumber);
    } catch {
      throw error; // whose place is that in the text
    }
  }
}

/** Says whether no more than `most` objects and lists of a JSON text lie in each other. */
export function isShallow(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') at = endOfText(text, at) - 1;
    else if (mark === "[" || mark === "{") depth++;
    else if (mark === "]" || mark === "}") depth--;
    if (depth > most) return false;
  }
  return true;
}

/** Returns JSON of what {@linkcode pythonJson} reads: null stands where JSON has not got the number. */
export function plainJson(text: string): string {
  if (!/NaN|Infinity/.test(text)) return text;
  return withWords(text, "null");
}

/** Returns a JSON text with `number` in the place of each of {@linkcode WORDS} that is no part of a text. */
function withWords(text: string, number: string): string {
  let written = "";
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at), from = quote < 0 ? text.length : quote, end = endOfText(text, from);
    written += text.slice(at, from).replace(WORDS, number) + text.slice(from, end);
    at = end;
  }
  return written;
}

/** Returns the place behind the text of a JSON that begins at `at`, or the end where no quote closes it. */
function endOfText(json: string, at: number): number {
  let from = at + 1;
  for (let quote = json.indexOf('"', from); quote >= 0; quote = json.indexOf('"', from)) {
    let escapes = 0;
    while (quote - escapes > from && json[quote - escapes - 1] === "\\") escapes++;
    from = quote + 1;
    if (escapes % 2 === 0) return from;
  }
  return json.length;
}

/** Returns the JSON of a value with BigInts. Numbers that JSON has not got are null. */
export function exactJson(value: unknown, replace: (part: unknown) => unknown = (part) => part): string {
  return JSON.stringify(value, (_, part) => typeof part === "bigint" ? rawNumber(part) : replace(part));
}

/** Returns what `JSON.stringify` writes with all of a number's digits. */
function rawNumber(number: bigint): unknown {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  return rawJSON(`${number}`);
}

/** Reads a number as `JSON.parse` gives it to a reviver, with its text. */
function exactNumber(_: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value !== "number" || source === undefined) return value;
  if (source === NO_NUMBER) return NaN;
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(source) ? value : BigInt(source);
}
