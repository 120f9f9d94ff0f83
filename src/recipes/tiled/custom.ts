import { VitrailError } from "../../errors.ts";
import { parsePattern } from "../../layout/pattern.ts";
import { isOfTiles, type Size } from "../../plan/geometry.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import { type Resampler, RESAMPLERS, TORCH_FILTERS } from "../../plan/tables/resampler.ts";
import { CLIP_MEAN, CLIP_STD, type Rgb, torchvisionValues, WHITE } from "../../plan/tables/values.ts";
import { Fields } from "../fields.ts";
import { type Geometry, type TiledRecipe, TILES } from "./tiled_recipe.ts";

/** The fields of a custom recipe. */
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
  /** Whose resampling: `pillow` (default), or `torch`, which has nearest, bilinear and bicubic. */
  resampler?: Resampler;
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
  const fields = new Fields(json, "a custom recipe");
  const size = fields.size("size");
  const tile = fields.size("tile") ?? size;
  const maxTiles = fields.count("maxTiles");
  const growth = fields.number("growth", "a number above 0", (n) => n > 0);
  const fit = fields.choice("fit", ["stretch", "contain"]);
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
  if (resampler === "torch" && !TORCH_FILTERS.includes(filter)) {
    throw fields.bad("filter", `one of ${TORCH_FILTERS.join(", ")} with resampler torch`);
  }
  parsePattern(layout);
  if (globalView && size && !isOfTiles(size, tile)) {
    throw fields.bad("size", "a multiple of tile where there is a global view");
  }
  const geometry: Geometry = size
    ? { kind: "fixed", size, fit: fit ?? "stretch" }
    : { kind: "hd", maxTiles: maxTiles!, ...(growth === undefined ? {} : { growth }) };
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
