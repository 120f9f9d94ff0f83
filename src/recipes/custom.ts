import { VitrailError } from "../errors.ts";
import { parsePattern } from "../layout/mod.ts";
import { type Filter, FILTERS } from "../plan/filters.ts";
import type { Size } from "../plan/geometry.ts";
import { CLIP_MEAN, CLIP_STD, type Rgb, torchvisionValues } from "../plan/values.ts";
import { type Geometry, type TiledRecipe, TILES } from "./recipe.ts";

/** Fields of a custom recipe; in JSON (`--recipe my.json`) they have the same names. */
export interface CustomOptions {
  /** The name that it goes by. */
  name?: string;
  /** The canvas that every picture goes on, pixels. Exactly one of `size` and `maxTiles` is given. */
  size?: number | Size;
  /** Most tiles a picture, on the largest landscape-first canvas that allows, as `ixc2-4khd` has it. */
  maxTiles?: number;
  /** With `maxTiles`: no more columns than the width times this needs. */
  growth?: number;
  /** How a picture fills `size`: `stretch` (default) or `contain`, which keeps its aspect. */
  fit?: "stretch" | "contain";
  /** `bilinear` by default. */
  filter?: Filter;
  /** Where padding goes: `centre` (default) or `end`. */
  padding?: "centre" | "end";
  /** The padding's colour, bytes; white by default. */
  fill?: Rgb;
  /** Tile size, pixels; the whole canvas by default with `size`. */
  tile?: number | Size;
  /** A global view of tile size before each picture's tiles. */
  globalView?: boolean;
  /** Subtracted after scaling to 0..1; CLIP's by default. */
  mean?: Rgb;
  /** Divided by after that; CLIP's by default. */
  std?: Rgb;
  /** How a canvas `[c, h, w]` becomes rows, `p` and `q` being a tile's height and width. */
  layout?: string;
}

/**
 * A recipe whose every part the caller gives.
 * @throws {VitrailError} `recipe` naming the field, what it holds and what it takes.
 */
export function customRecipe(json: unknown): TiledRecipe {
  const fields = new Fields(json);
  const size = fields.size("size");
  const tile = fields.size("tile") ?? size;
  const maxTiles = fields.number("maxTiles", "a whole number above 0", (n) => Number.isInteger(n) && n > 0);
  const growth = fields.number("growth", "a number above 0", (n) => n > 0);
  const fit = fields.choice("fit", ["stretch", "contain"]);
  if ((size === undefined) === (maxTiles === undefined)) {
    throw new VitrailError("recipe", "a custom recipe takes exactly one of size and maxTiles");
  }
  if (!tile) {
    throw new VitrailError(
      "recipe",
      "a custom recipe with maxTiles needs tile, the size of a tile in pixels",
    );
  }
  if (maxTiles !== undefined && tile.width !== tile.height) {
    throw fields.bad("tile", "a square with maxTiles");
  }
  if (maxTiles === undefined && growth !== undefined) {
    throw fields.bad("growth", "for recipes with maxTiles alone");
  }
  if (maxTiles !== undefined && fit !== undefined) throw fields.bad("fit", "for recipes with size alone");
  const layout = fields.text("layout") ?? TILES;
  parsePattern(layout);
  const globalView = fields.boolean("globalView") ?? false;
  if (globalView && size && (size.width % tile.width || size.height % tile.height)) {
    throw fields.bad("size", "a multiple of tile where there is a global view");
  }
  const geometry: Geometry = size
    ? { kind: "fixed", size, fit: fit ?? "stretch" }
    : { kind: "hd", maxTiles: maxTiles!, ...(growth === undefined ? {} : { growth }) };
  const recipe: TiledRecipe = {
    kind: "tiles",
    name: fields.text("name") ?? "custom",
    parameters: fields.given(),
    geometry,
    tile,
    layout,
    globalView,
    filter: fields.choice("filter", FILTERS) ?? "bilinear",
    padding: fields.choice("padding", ["centre", "end"]) ?? "centre",
    fill: fields.rgb("fill", "bytes", (v) => Number.isInteger(v) && v >= 0 && v <= 255) ?? [255, 255, 255],
    values: torchvisionValues(
      fields.rgb("mean", "finite numbers", Number.isFinite) ?? CLIP_MEAN,
      fields.rgb("std", "numbers above 0", (v) => Number.isFinite(v) && v > 0) ?? CLIP_STD,
    ),
  };
  fields.requireNoOther();
  return recipe;
}

/** Reads fields of unknown JSON, each checked, and remembers which there are. */
class Fields {
  readonly #json: Record<string, unknown>;
  readonly #known = new Set<string>();

  constructor(json: unknown) {
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      throw new VitrailError(
        "recipe",
        `a custom recipe is an object of fields, found ${JSON.stringify(json)}`,
      );
    }
    this.#json = json as Record<string, unknown>;
  }

  bad(field: string, expected: string): VitrailError {
    return new VitrailError(
      "recipe",
      `custom recipe: ${field} is ${expected}, found ${JSON.stringify(this.#json[field])}`,
    );
  }

  #take<T>(field: string, expected: string, read: (value: unknown) => T | undefined): T | undefined {
    this.#known.add(field);
    const value = this.#json[field];
    if (value === undefined) return undefined;
    const taken = read(value);
    if (taken === undefined) throw this.bad(field, expected);
    return taken;
  }

  text(field: string): string | undefined {
    return this.#take(field, "a text", (v) => typeof v === "string" ? v : undefined);
  }

  boolean(field: string): boolean | undefined {
    return this.#take(field, "true or false", (v) => typeof v === "boolean" ? v : undefined);
  }

  number(field: string, expected: string, valid: (n: number) => boolean): number | undefined {
    return this.#take(field, expected, (v) => typeof v === "number" && valid(v) ? v : undefined);
  }

  choice<T extends string>(field: string, values: readonly T[]): T | undefined {
    return this.#take(field, `one of ${values.join(", ")}`, (v) => values.find((value) => value === v));
  }

  rgb(field: string, expected: string, valid: (v: number) => boolean): Rgb | undefined {
    return this.#take(field, `three ${expected}`, (v) => {
      return Array.isArray(v) && v.length === 3 && v.every((n) => typeof n === "number" && valid(n))
        ? v as unknown as Rgb
        : undefined;
    });
  }

  size(field: string): Size | undefined {
    const valid = (n: unknown) => Number.isInteger(n) && (n as number) > 0;
    return this.#take(field, "a whole number of pixels, or { width, height }", (v) => {
      if (valid(v)) return { width: v as number, height: v as number };
      const { width, height } = (v ?? {}) as Size;
      return valid(width) && valid(height) ? { width, height } : undefined;
    });
  }

  given(): TiledRecipe["parameters"] {
    return this.#json as TiledRecipe["parameters"];
  }

  requireNoOther(): void {
    for (const field of Object.keys(this.#json)) {
      if (!this.#known.has(field)) {
        const known = [...this.#known].sort().join(", ");
        throw new VitrailError("recipe", `a custom recipe has no field "${field}"; it has ${known}`);
      }
    }
  }
}
