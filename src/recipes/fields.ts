import { shown, VitrailError } from "../errors.ts";
import type { Size } from "../plan/geometry.ts";
import type { ParameterValue } from "../plan/preprocessing.ts";
import { type Filter, FILTERS } from "../plan/tables/filters.ts";
import type { Rgb } from "../plan/tables/values.ts";
import { nearestText } from "../given/nearest_text.ts";

/** The new names of fields that were called otherwise: of a custom recipe first, then of a processor. */
const RENAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ["arithmetic", ["resampler", "backend"]],
  ["resampler", ["backend"]],
]);

/**
 * The fields by which classes take a step, or go another way, where they are true. A null is false, whatever
 * the class's default.
 */
const STEPS: readonly string[] = [
  "do_resize",
  "do_center_crop",
  "do_rescale",
  "do_normalize",
  "do_pad",
  "default_to_square",
  "do_image_splitting",
  "do_thumbnail",
  "do_crop_margin",
  "do_sample_frames",
  "crop_to_patches",
  "slice_mode",
  "keep_aspect_ratio",
  "draw_on_frames",
  "cat_extra_token",
  "use_thumbnail",
  "use_image_id",
  "use_covering_area_grid",
  "use_token_compression",
];

/** Reads fields of unknown JSON, checks each, and remembers which were asked for. */
export class Fields {
  readonly #json: Record<string, unknown>;
  readonly #known = new Set<string>();
  readonly #unused = new Set<string>();
  readonly #under = new Map<string, Fields>();

  /**
   * Makes a reader of the fields of `json`.
   * @param what the name that messages give it, such as "a custom recipe"
   * @param behind the fields of a file around `json`. They are taken where `json` has none of their name.
   * None of them is ever refused.
   * @throws {VitrailError} `recipe` where `json` is no object.
   */
  constructor(json: unknown, readonly what: string, readonly behind: Readonly<Record<string, unknown>> = {}) {
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      throw new VitrailError("recipe", `${what} is an object of fields, found ${shown(json)}`);
    }
    this.#json = json as Record<string, unknown>;
  }

  /** Returns the `recipe` error of a field that is not as `expected`. */
  bad(field: string, expected: string): VitrailError {
    const value = this.#value(field), none = this.isNull(field) ? "null" : "none";
    const found = value === undefined ? none : shown(value);
    return new VitrailError("recipe", `${this.what}: ${field} is ${expected}, found ${found}`);
  }

  /** Returns a field as it stands. */
  value(field: string): unknown {
    this.#read(field);
    return this.#value(field);
  }

  #read(field: string): void {
    this.#known.add(field);
    this.#unused.delete(field);
  }

  #value(field: string): unknown {
    return this.#json[field] ?? this.behind[field];
  }

  /**
   * Returns a field as `read` makes it, or undefined where the field is absent or null.
   * @param read returns undefined for a value that is wrong
   * @throws {VitrailError} `recipe` for a value that is wrong.
   */
  take<T>(field: string, expected: string, read: (value: unknown) => T | undefined): T | undefined {
    this.#read(field);
    const value = this.#value(field) ?? undefined;
    if (value === undefined) return undefined;
    const taken = read(value);
    if (taken === undefined) throw this.bad(field, expected);
    return taken;
  }

  /** Returns a text. */
  text(field: string): string | undefined {
    return this.take(field, "a text", (v) => typeof v === "string" ? v : undefined);
  }

  /**
   * Returns true or false. The null of a step is false, as Python's None is.
   * Source: transformers `image_processing_base.py`, `__init__`, which sets it before defaults are asked for.
   */
  boolean(field: string): boolean | undefined {
    if (this.isNull(field) && STEPS.includes(field)) return this.value(field) === true;
    return this.take(field, "true or false", (v) => typeof v === "boolean" ? v : undefined);
  }

  /** Returns a number that `valid` accepts. */
  number(field: string, expected: string, valid: (n: number) => boolean): number | undefined {
    return this.take(field, expected, (v) => typeof v === "number" && valid(v) ? v : undefined);
  }

  /** Returns a whole number above 0, `most` at most. */
  count(field: string, most = Number.MAX_SAFE_INTEGER): number | undefined {
    const count = this.number(field, "a whole number above 0", isCount);
    if (count !== undefined && count > most) throw this.bad(field, `${most} at most`);
    return count;
  }

  /** Returns one of `values`. */
  choice<T extends string>(field: string, values: readonly T[]): T | undefined {
    return this.take(field, `one of ${values.join(", ")}`, (v) => values.find((value) => value === v));
  }

  /** Returns a filter by its name. */
  filter(field: string): Filter | undefined {
    return this.choice(field, FILTERS);
  }

  /** Returns three numbers that `valid` accepts, for red, green and blue. */
  rgb(field: string, expected: string, valid: (v: number) => boolean): Rgb | undefined {
    return this.take(field, `three ${expected}`, (v) => isRgb(v, valid) ? v : undefined);
  }

  /** Returns a size in pixels, given as `{ width, height }`, or as one number for a square. */
  size(field: string): Size | undefined {
    return this.take(field, "a whole number of pixels, or { width, height }", (v) => {
      if (isCount(v)) return { width: v, height: v };
      const { width, height } = (v ?? {}) as Size;
      return isCount(width) && isCount(height) ? { width, height } : undefined;
    });
  }

  /** Takes fields that change nothing here, whatever they hold. */
  ignore(...fields: string[]): void {
    for (const field of fields) this.#known.add(field);
  }

  /**
   * Takes fields that files have and nothing reads. One that is read before or after counts as used. Those
   * that a caller gives are refused: see {@linkcode requireUsed}.
   */
  leaveUnused(...fields: string[]): void {
    for (const field of fields.filter((field) => !this.#known.has(field))) this.#unused.add(field);
    this.ignore(...fields);
  }

  /** Tells if a field is there, and null. */
  isNull(field: string): boolean {
    return this.#json[field] === null;
  }

  /** Returns a field that nothing reads, as it stands; undefined for one that is read. */
  idle(field: string): unknown {
    return this.#unused.has(field) ? this.#value(field) : undefined;
  }

  /** Takes fields that were read among others and that change nothing: they are as those left unused. */
  setAside(...fields: string[]): void {
    for (const field of fields) this.#unused.add(field);
  }

  /**
   * Refuses fields that a caller gives and that nothing reads, those below prefixes, too.
   * @throws {VitrailError} `recipe` for such a field.
   */
  requireUsed(given: Readonly<Record<string, unknown>>): void {
    for (const [prefix, fields] of this.#under) {
      const own = Object.entries(given).filter(([field]) => field.startsWith(prefix));
      fields.requireUsed(Object.fromEntries(own.map(([field, v]) => [field.slice(prefix.length), v])));
    }
    const idle = Object.keys(given).find((field) => this.#unused.has(field) && given[field] != null);
    if (idle === undefined) return;
    throw new VitrailError(
      "recipe",
      `${this.what} does not read ${idle}, and neither does the Python class; leave it out`,
    );
  }

  /**
   * Returns a reader of the fields whose names begin with `prefix`, by the rest of their names. It has those
   * of `shared`, too.
   */
  under(prefix: string, ...shared: string[]): Fields {
    const names = Object.keys({ ...this.behind, ...this.#json }).filter((name) => name.startsWith(prefix));
    const own = names.map((name) => [name.slice(prefix.length), this.value(name)]);
    const among = shared.map((name) => [name, this.value(name) ?? (this.isNull(name) ? null : undefined)]);
    const fields = new Fields(Object.fromEntries([...among, ...own]), `${this.what}, ${prefix}…`);
    this.#under.set(prefix, fields);
    return fields;
  }

  /** Returns true for a field that was asked for, under its present name or an older one. */
  has(field: string): boolean {
    for (const [prefix, fields] of this.#under) {
      if (field.startsWith(prefix) && fields.has(field.slice(prefix.length))) return true;
    }
    return [field, ...RENAMED.get(field) ?? []].some((name) => this.#known.has(name));
  }

  /** Returns all fields that were given, and those that were taken from the file around them. */
  given(): Record<string, ParameterValue> {
    const taken = [...this.#known].filter((field) => this.#json[field] === undefined && field in this.behind);
    const around = Object.fromEntries(taken.map((field) => [field, this.behind[field]]));
    return { ...around, ...this.#json } as Record<string, ParameterValue>;
  }

  /**
   * Refuses every field that was not asked for, unless it is null.
   * @param where what the fields belong to, for the message: ` in transformers 5.17`
   * @throws {VitrailError} `recipe` for such a field. The message gives its present name or the nearest, and
   * all fields that there are.
   */
  requireNoOther(where = ""): void {
    for (const fields of this.#under.values()) fields.requireNoOther(where);
    for (const [field, value] of Object.entries(this.#json)) {
      if (this.#known.has(field) || value == null) continue;
      const known = [...this.#known].sort();
      const renamed = RENAMED.get(field)?.find((name) => known.includes(name));
      const hint = renamed !== undefined ? `: it is called "${renamed}" now` : nearestText(field, known);
      throw new VitrailError(
        "recipe",
        `${this.what} has no field ${shown(field)}${where}${hint}; it has ${known.join(", ")}`,
      );
    }
  }
}

/** Returns true for a whole number above 0. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** Returns true for three numbers that `valid` accepts. */
export function isRgb(value: unknown, valid: (n: number) => boolean): value is Rgb {
  return Array.isArray(value) && value.length === 3 && value.every((n) => typeof n === "number" && valid(n));
}
