import { shown, VitrailError } from "../errors.ts";

/** The kinds of values that arguments are, and how each is told. */
const KINDS = {
  "a text": (value: unknown) => typeof value === "string",
  "true or false": (value: unknown) => typeof value === "boolean",
  "a function": (value: unknown) => typeof value === "function",
  "a list": (value: unknown) => Array.isArray(value),
  "a list or an async iterable of pictures": isSource,
  "an iterable of calls": isSource,
  "a matrix of 12 numbers": (value: unknown) =>
    (ArrayBuffer.isView(value) || Array.isArray(value)) && (value as ArrayLike<number>).length === 12,
  "an array of numbers": (value: unknown) => ArrayBuffer.isView(value) || Array.isArray(value),
  "numbers in a list": (value: unknown) =>
    (ArrayBuffer.isView(value) || Array.isArray(value)) && isNumbers(value),
  "a class": isClass,
  "an object": isObject,
  "a whole number from 0 up": (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0,
  "a number": (value: unknown) => typeof value === "number",
  "a number from 0 up": (value: unknown) => typeof value === "number" && value >= 0,
} as const;

/** A kind of values. */
export type GivenKind = keyof typeof KINDS;

/**
 * Requires that an argument, or a field of one, is of a kind.
 * @param name the argument's name in messages: `maxPixels`
 * @param like an example of what would be right: `[{ width, height }]`
 * @throws {VitrailError} `usage` where it is not.
 */
export function requireGiven(name: string, value: unknown, kind: GivenKind, like?: string): void {
  if (KINDS[kind](value)) return;
  const example = like === undefined ? "" : ` such as ${like}`;
  throw new VitrailError("usage", `${name} is ${kind}${example}, found ${shown(value)}`);
}

/**
 * Requires that an argument is a list of objects.
 * @throws {VitrailError} `usage` where it is not, with the item's place.
 */
export function requireObjects(name: string, value: unknown, like: string): void {
  requireGiven(name, value, "a list", `[${like}]`);
  for (const [index, item] of (value as unknown[]).entries()) {
    requireGiven(`${name}[${index}]`, item, "an object", like);
  }
}

function isNumbers(value: unknown): boolean {
  return Array.from(value as ArrayLike<unknown>).every((item) => typeof item === "number");
}

/** Tells if a value can be called with `new`; it is not called. */
function isClass(value: unknown): boolean {
  try {
    Reflect.construct(Object, [], value as new () => object);
    return true;
  } catch {
    return false;
  }
}

/** Tells if a value can be iterated, and is no text, whose letters would be paths. */
function isSource(value: unknown): boolean {
  return typeof value === "object" && value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** Tells if a value is an object with fields: no list, and not null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
