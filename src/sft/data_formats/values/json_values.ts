import { DEEPEST, tooDeep } from "../../records/json_stream.ts";
import { isShallow } from "../../records/python_json.ts";

/**
 * Returns the value of a JSON text in a field; undefined where it is none.
 * @throws {VitrailError} `dataset`, with the field, where it has more levels than records may have.
 */
export function parsedJson(text: string, field: string, where: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isShallow(text, DEEPEST)) throw tooDeep(`${where}: ${field}`);
  return value;
}

/**
 * Returns a value whose whole numbers are no BigInts, as parquet has them.
 * @param table true for a cell of a table, whose objects have a null in the place of each field that others
 * have: those are left out
 */
export function plainValue(value: unknown, table = false): unknown {
  return JSON.parse(JSON.stringify(value, (_, held) => {
    if (typeof held === "bigint") return Number(held);
    return table && isRecord(held) ? withoutNulls(held) : held;
  }));
}

/** A part of a value that JavaScript does not keep as JSON and Python have it. */
interface Unkept {
  /** Its place in the value, such as `.size[0]`. */
  readonly path: string;
  readonly found: unknown;
  /** The values that would be kept. */
  readonly expected: string;
}

/**
 * Returns the first part of a value that JavaScript changes: a number of 2^53 or more, whose last digits it
 * loses, or a name that is a whole number among others, which it puts before them. Undefined where there is
 * none.
 */
export function unkeptIn(value: unknown, path = ""): Unkept | undefined {
  if (typeof value === "bigint" || typeof value === "number") {
    if (Math.abs(Number(value)) <= Number.MAX_SAFE_INTEGER) return undefined;
    if (Number.isNaN(value)) return { path, found: "NaN", expected: "a number that JSON has, or null" };
    return { path, found: `${value}`, expected: "a number below 2^53, or a text" };
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const unkept = unkeptIn(item, `${path}[${index}]`);
      if (unkept) return unkept;
    }
  } else if (isRecord(value)) {
    const names = Object.keys(value), index = names.find((name) => /^(0|[1-9]\d*)$/.test(name));
    if (index !== undefined && names.length > 1) {
      return {
        path,
        found: index,
        expected: "names that are no whole numbers, which would lose their order",
      };
    }
    for (const name of names) {
      const unkept = unkeptIn(value[name], `${path}.${name}`);
      if (unkept) return unkept;
    }
  }
  return undefined;
}

/** Says whether a value is an object of fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withoutNulls(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
