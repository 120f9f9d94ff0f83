/** Numbers of so many digits may be more than a double holds. */
const LONG = /\d{16}/;

/** Texts, and what Python writes for numbers that JSON has not got. */
const WORDS = /"(?:[^"\\]+|\\.)*"|(?<![-\w.])(?:-?Infinity|NaN)\b/g;

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
    const written = text.replace(WORDS, (word) => word.startsWith('"') ? word : NO_NUMBER);
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
  for (const [mark] of text.matchAll(/"(?:[^"\\]+|\\.)*"|[[\]{}]/g)) {
    if (mark === "[" || mark === "{") depth++;
    else if (mark === "]" || mark === "}") depth--;
    if (depth > most) return false;
  }
  return true;
}

/** Returns JSON of what {@linkcode pythonJson} reads: null stands where JSON has not got the number. */
export function plainJson(text: string): string {
  if (!/NaN|Infinity/.test(text)) return text;
  return text.replace(WORDS, (word) => word.startsWith('"') ? word : "null");
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
