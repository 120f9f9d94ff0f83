/**
 * The kind of a failure. Callers branch on it, people read the message.
 * - `decode`: a file is no picture that can be read.
 * - `shape`: pictures, tensors or sizes do not fit.
 * - `recipe`: a recipe, or its configuration, is wrong.
 * - `limit`: the work is too large for memory, for the device, or for one array.
 * - `dataset`: a data set, its samples or its template is wrong.
 * - `device`: the GPU is missing, or failed.
 * - `io`: a file cannot be read or written.
 * - `usage`: a call, or a command, is not made as it should be.
 */
export type ErrorCode = "decode" | "shape" | "recipe" | "limit" | "dataset" | "device" | "io" | "usage";

/** An error that a caller can cause. It says what was asked, what was found and what would be right. */
export class VitrailError extends Error {
  /** The name of the class. */
  override readonly name = "VitrailError";
  /** The kind of failure. */
  readonly code: ErrorCode;

  /** Creates an error of the kind `code`; `cause` keeps the underlying one for debuggers. */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(typeof message === "string" ? visible(shortened(message)) : shown(message), options);
    this.code = code;
  }
}

/** The longest message, in characters, and what is kept of the end of a longer one. */
const LONGEST = 1500, KEPT_END = 300;

/** Returns a message; of one that is too long, as where it quotes a file, without its middle. */
function shortened(message: string): string {
  if (message.length <= LONGEST) return message;
  return `${message.slice(0, LONGEST - KEPT_END - 3)} … ${message.slice(-KEPT_END)}`;
}

/**
 * Characters that a terminal or a browser obeys, and does not show: controls other than tab and newline, and
 * those that end lines or turn the direction of writing.
 */
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Returns a text with unseen characters as JSON writes them, since files' own names stand in messages. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (own) => `\\u${own.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Returns the message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : typeof error === "string" ? error : shown(error);
  return text.replaceAll(/\s*\n\s*/g, " ").trim();
}

/** The most characters that a message shows of a value. */
const SHOWN = 80;

/** The most levels of objects in objects that a message shows. */
const DEEPEST = 3;

/**
 * Returns any value as messages show it: as JSON where it is data, and by its kind where it is not. It is on
 * one line, of 80 characters at most, or of `most`.
 */
export function shown(value: unknown, most: number = SHOWN): string {
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, most)) : written(value, DEEPEST);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function written(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.slice(0, SHOWN));
    case "bigint":
      return `${value}n`;
    case "function":
      return value.name === "" ? "a function" : `the function ${value.name}`;
    case "object":
      return value === null ? "null" : writtenObject(value, depth);
    default:
      return String(value).replaceAll(/\s+/g, " "); // a symbol's name may have lines
  }
}

function writtenObject(value: object, depth: number): string {
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${value.byteLength} bytes`;
  if (Array.isArray(value)) {
    if (depth === 0) return "[…]";
    return `[${value.slice(0, SHOWN).map((item) => written(item, depth - 1)).join(",")}]`;
  }
  const names = Object.keys(value).slice(0, SHOWN), kind = value.constructor?.name;
  if (names.length === 0 && kind !== undefined && kind !== "Object") {
    return `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
  }
  if (depth === 0) return "{…}";
  const fields = names.map((name) => {
    const held = Reflect.getOwnPropertyDescriptor(value, name)?.value; // no code of a caller's is run
    return `${JSON.stringify(name)}:${written(held, depth - 1)}`;
  });
  return `{${fields.join(",")}}`;
}

/**
 * Requires that an option is one of `choices`, or absent.
 * @throws {VitrailError} `usage` where it is none of them.
 */
export function requireChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new VitrailError("usage", `${name} is one of ${choices.join(", ")}, found ${shown(value)}`);
}
