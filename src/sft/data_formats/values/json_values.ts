/** Returns the value of a JSON text; undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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

/** Says whether a value is an object of fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withoutNulls(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
