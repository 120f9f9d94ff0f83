import { VitrailError } from "../../errors.ts";
import { parsePattern } from "../../layout/pattern.ts";
import { isOfTiles, type Size } from "../../plan/geometry.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import { FILTERS_OF, type Resampler, RESAMPLERS } from "../../plan/tables/resampler.ts";
import { CLIP_MEAN, CLIP_STD, type Rgb, torchvisionValues, WHITE } from "../../plan/tables/values.ts";
import { Fields } from "../fields.ts";
import {
  type FixedGeometry,
  type HdGeometry,
  MOST_HD_TILES,
  type TiledRecipe,
  TILES,
} from "./tiled_recipe.ts";

/** The names of a custom recipe's fields. */
export const CUSTOM_FIELDS: readonly (keyof CustomOptions)[] = [
  "size",
  "maxTiles",
  "growth",
  "tile",
  "fit",
  "padding",
  "fill",
  "filter",
  "resampler",
  "globalView",
  "mean",
  "std",
  "layout",
  "name",
];

/** Fields of a custom recipe. In JSON (`--recipe my.json`) they have the same names. */
export interface CustomOptions {
  /** The name that it goes by; `custom` by default. */
  name?: string;
  /** The canvas that every picture goes on, pixels. Exactly one of `size` and `maxTiles` is given. */
  size?: number | Size;
  /** Most tiles a picture, on the largest landscape-first canvas that allows, as `ixc2-4khd` has it. */
  maxTiles?: number;
  /**
   * The most that a picture grows, with `maxTiles`: it gets no more columns than its width times this fills.
   */
  growth?: number;
  /** The way to fill `size`: `stretch` (default), or `contain`, which keeps a picture's aspect. */
  fit?: "stretch" | "contain";
  /** The filter that resamples pictures; `bilinear` by default. */
  filter?: Filter;
  /**
   * The resampler: `pillow` (default), or `torch-cpu` and `torch-cuda`, which have nearest, bilinear and
   * bicubic.
   */
  resampler?: Resampler;
  /** The place of padding: `centre` (default) or `end`. */
  padding?: "centre" | "end";
  /** The padding's colour, bytes; white by default. */
  fill?: Rgb;
  /** The size of a tile, pixels; with `size` the whole canvas by default. */
  tile?: number | Size;
  /** True for a global view of tile size before each picture's tiles. */
  globalView?: boolean;
  /** The values that are subtracted after scaling to 0..1; CLIP's by default. */
  mean?: Rgb;
  /** The values that divide after that; CLIP's by default. */
  std?: Rgb;
  /** The pattern by which a canvas `[c, h, w]` becomes rows; `p` and `q` are a tile's height and width. */
  layout?: string;
}

/**
 * Makes a recipe of which the caller gives every part.
 * @throws {VitrailError} `recipe` naming the field, what it holds and what it takes.
 */
export function customRecipe(json: unknown): TiledRecipe {
  const fields = new Fields(json, "a custom recipe");
  const canvas = canvasFields(fields);
  const filter = fields.filter("filter") ?? "bilinear";
  const resampler = fields.choice("resampler", RESAMPLERS);
  const layout = fields.text("layout") ?? TILES;
  const globalView = fields.boolean("globalView") ?? false;
  const name = fields.text("name") ?? "custom";
  const padding = fields.choice("padding", ["centre", "end"]) ?? "centre";
  const fill = fields.rgb("fill", "bytes", (v) => Number.isInteger(v) && v >= 0 && v <= 255) ?? WHITE;
  const values = torchvisionValues(
    fields.rgb("mean", "finite numbers", Number.isFinite) ?? CLIP_MEAN,
    fields.rgb("std", "numbers above 0", (v) => Number.isFinite(v) && v > 0) ?? CLIP_STD,
  );
  fields.requireNoOther();
  const { geometry, tile } = geometryOf(fields, canvas);
  const filters = FILTERS_OF[resampler ?? "pillow"];
  if (!filters.includes(filter)) {
    throw fields.bad("filter", `one of ${filters.join(", ")} with resampler ${resampler}`);
  }
  parsePattern(layout);
  if (globalView && geometry.kind === "fixed" && !isOfTiles(geometry.size, tile)) {
    throw fields.bad("size", "a multiple of tile where there is a global view");
  }
  return {
    kind: "tiles",
    name,
    parameters: fields.given(),
    geometry,
    tile,
    layout,
    globalView,
    filter,
    ...(resampler === undefined ? {} : { resampler }),
    padding,
    fill,
    values,
  };
}

/** The fields that decide the canvas. */
type CanvasFields = ReturnType<typeof canvasFields>;

function canvasFields(fields: Fields) {
  const size = fields.size("size");
  return {
    size,
    tile: fields.size("tile") ?? size,
    maxTiles: fields.count("maxTiles", MOST_HD_TILES),
    growth: fields.number("growth", "a number above 0", (n) => n > 0),
    fit: fields.choice("fit", ["stretch", "contain"]),
  };
}

/**
 * Holds the fields that decide the canvas to one another, and returns the geometry that they give.
 * @throws {VitrailError} `recipe` for fields that contradict one another.
 */
function geometryOf(
  fields: Fields,
  { size, tile, maxTiles, growth, fit }: CanvasFields,
): { geometry: FixedGeometry | HdGeometry; tile: Size } {
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
  const geometry: FixedGeometry | HdGeometry = size
    ? { kind: "fixed", size, fit: fit ?? "stretch" }
    : { kind: "hd", maxTiles: maxTiles!, ...(growth === undefined ? {} : { growth }) };
  return { geometry, tile };
}
