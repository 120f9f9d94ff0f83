import { VitrailError } from "../errors.ts";
import type { Size } from "../plan/geometry.ts";
import type { ParameterValue } from "../plan/preprocessing.ts";
import { type Filter, FILTERS } from "../plan/tables/filters.ts";
import type { Rgb } from "../plan/tables/values.ts";
import { nearestText } from "./nearest.ts";

/** Reads fields of unknown JSON, each checked, and remembers which there are. */
export class Fields {
  readonly #json: Record<string, unknown>;
  readonly #known = new Set<string>();

  /**
   * Fields of `json`, which messages call `what`: "a custom recipe", for one.
   * @param behind fields of a file around it, taken where `json` has none of that name and otherwise left alone
   * @throws {VitrailError} `recipe` where it is no object.
   */
  constructor(json: unknown, readonly what: string, readonly behind: Readonly<Record<string, unknown>> = {}) {
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      throw new VitrailError("recipe", `${what} is an object of fields, found ${JSON.stringify(json)}`);
    }
    this.#json = json as Record<string, unknown>;
  }

  /** The `recipe` error of a field that is not what it must be. */
  bad(field: string, expected: string): VitrailError {
    return new VitrailError(
      "recipe",
      `${this.what}: ${field} is ${expected}, found ${shown(this.#value(field))}`,
    );
  }

  /** A field as it stands. */
  value(field: string): unknown {
    this.#known.add(field);
    return this.#value(field);
  }

  #value(field: string): unknown {
    return this.#json[field] ?? this.behind[field];
  }

  /** A field as `read` makes it; undefined where it is absent or null, which Python takes for absent. @throws {VitrailError} `recipe` where `read` finds it wrong. */
  take<T>(field: string, expected: string, read: (value: unknown) => T | undefined): T | undefined {
    this.#known.add(field);
    const value = this.#value(field) ?? undefined;
    if (value === undefined) return undefined;
    const taken = read(value);
    if (taken === undefined) throw this.bad(field, expected);
    return taken;
  }

  /** A text. */
  text(field: string): string | undefined {
    return this.take(field, "a text", (v) => typeof v === "string" ? v : undefined);
  }

  /** True or false. */
  boolean(field: string): boolean | undefined {
    return this.take(field, "true or false", (v) => typeof v === "boolean" ? v : undefined);
  }

  /** A number that `valid` accepts. */
  number(field: string, expected: string, valid: (n: number) => boolean): number | undefined {
    return this.take(field, expected, (v) => typeof v === "number" && valid(v) ? v : undefined);
  }

  /** A whole number above 0. */
  count(field: string): number | undefined {
    return this.number(field, "a whole number above 0", (n) => Number.isSafeInteger(n) && n > 0);
  }

  /** One of `values`. */
  choice<T extends string>(field: string, values: readonly T[]): T | undefined {
    return this.take(field, `one of ${values.join(", ")}`, (v) => values.find((value) => value === v));
  }

  /** A filter by its name. */
  filter(field: string): Filter | undefined {
    return this.choice(field, FILTERS);
  }

  /** Three numbers that `valid` accepts. */
  rgb(field: string, expected: string, valid: (v: number) => boolean): Rgb | undefined {
    return this.take(field, `three ${expected}`, (v) => {
      return Array.isArray(v) && v.length === 3 && v.every((n) => typeof n === "number" && valid(n))
        ? v as unknown as Rgb
        : undefined;
    });
  }

  /** A size in pixels: a number, or `{ width, height }`. */
  size(field: string): Size | undefined {
    const valid = (n: unknown) => Number.isInteger(n) && (n as number) > 0;
    return this.take(field, "a whole number of pixels, or { width, height }", (v) => {
      if (valid(v)) return { width: v as number, height: v as number };
      const { width, height } = (v ?? {}) as Size;
      return valid(width) && valid(height) ? { width, height } : undefined;
    });
  }

  /** Takes fields that change nothing here, whatever they hold. */
  ignore(...fields: string[]): void {
    for (const field of fields) this.#known.add(field);
  }

  /** Whether a field of this name was asked for. */
  has(field: string): boolean {
    return this.#known.has(field);
  }

  /** All that was given, and what was taken from the file around it. */
  given(): Record<string, ParameterValue> {
    const taken = [...this.#known].filter((field) => this.#json[field] === undefined && field in this.behind);
    const around = Object.fromEntries(taken.map((field) => [field, this.behind[field]]));
    return { ...around, ...this.#json } as Record<string, ParameterValue>;
  }

  /** @throws {VitrailError} `recipe` for a field that nothing has asked for, unless it is null, with those that there are. */
  requireNoOther(): void {
    for (const [field, value] of Object.entries(this.#json)) {
      if (!this.#known.has(field) && value != null) {
        const known = [...this.#known].sort();
        throw new VitrailError(
          "recipe",
          `${this.what} has no field "${field}"${nearestText(field, known)}; it has ${known.join(", ")}`,
        );
      }
    }
  }
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value); // which makes null of Infinity
}
