import { isOfTiles, type Size } from "../../plan/geometry.ts";
import type { ParameterValue } from "../../plan/preprocessing.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues, WHITE } from "../../plan/tables/values.ts";
import { Fields } from "../fields.ts";
import { type Geometry, type TiledRecipe, TILES } from "./tiled_recipe.ts";

const UNIFORM: readonly unknown[] = ["first", "largest"];

/** Options of the HD recipes. */
export interface HdOptions {
  /** Most tiles a picture. */
  hdNum?: number;
  /** One canvas for all pictures of a sample: the first one's, the largest one's, or this size in pixels. */
  uniform?: "first" | "largest" | Size;
  /** How a picture fits a uniform canvas: its aspect kept (default), or stretched. */
  fit?: "contain" | "stretch";
  /** How a canvas `[c, h, w]` becomes rows; tiles in row-major order by default. */
  layout?: string;
}

/** Options of `ixc2`. */
export interface Ixc2Options {
  /** Side of the square, pixels: 490 (default) or 224. */
  size?: number;
}

/**
 * InternLM-XComposer2: a square of `size` pixels, Pillow bicubic, CLIP mean and std.
 * Rows are `[1, 3, size, size]` a picture.
 */
export function ixc2(options: Ixc2Options = {}): TiledRecipe {
  const fields = new Fields(options, "ixc2"), size = fields.count("size") ?? 490;
  fields.requireNoOther();
  const square = { width: size, height: size };
  return {
    ...common("ixc2", { size }, square),
    geometry: { kind: "fixed", size: square, fit: "stretch" },
    filter: "bicubic",
    globalView: false,
    tokens: { kind: "tile", count: Math.floor(size / 14) ** 2 },
  };
}

/**
 * InternLM-XComposer2-4KHD: tiles of 336, `hdNum` at most, white padding above and below.
 * Source: InternLM-XComposer-2.0 `finetune/ixc_utils.py`, `HD_transform`.
 */
export function ixc24khd(options: HdOptions = {}): TiledRecipe {
  return hd("ixc2-4khd", 336, { hdNum: 16, ...withoutAbsent(options) }, "centre", {});
}

/**
 * InternLM-XComposer-2.5, as it is trained: tiles of 560, `hdNum` at most, never more columns than 1.5 times
 * the width needs. Source: InternLM-XComposer `finetune/ixc_utils.py`, `R560_HD18_Identity_transform`.
 */
export function ixc25(options: HdOptions = {}): TiledRecipe {
  return hd("ixc25", 560, { hdNum: 18, ...withoutAbsent(options) }, "centre", { growth: 1.5 });
}

/** Options of `ixc25Image`. */
export interface Ixc25ImageOptions extends HdOptions {
  /** Most tiles a picture where a sample has several. */
  hdNumSeveral?: number;
}

/**
 * InternLM-XComposer-2.5, as it answers: padding at the bottom, `hdNum` tiles for one picture, `hdNumSeveral` where a
 * sample has several. Source: InternLM-XComposer-2.5-OL `base/ixc_utils.py`, `Image_transform`.
 */
export function ixc25Image(options: Ixc25ImageOptions = {}): TiledRecipe {
  const { hdNum = 24, hdNumSeveral = options.hdNum ?? 6, ...rest } = withoutAbsent(options);
  const given = { ...rest, hdNum, hdNumSeveral };
  return hd("ixc25-image", 560, given, "end", { growth: 1, maxTilesOfSeveral: hdNumSeveral });
}

/** Options of `ixc25Video`. */
export interface Ixc25VideoOptions {
  /** Join the frames on one sheet first, as `frame2img` does (default), or take each picture as a joined sheet. */
  join?: boolean;
}

/**
 * InternLM-XComposer-2.5 on video: the frames joined on one sheet as `frame2img` joins them, **without its text labels**
 * (the space for them is kept), then one tile high or wide. Frames must be opened in their order.
 * Source: InternLM-XComposer-2.5-OL `base/ixc_utils.py`, `frame2img` and `Video_transform`.
 */
export function ixc25Video(options: Ixc25VideoOptions = {}): TiledRecipe {
  const fields = new Fields(options, "ixc25-video"), join = fields.boolean("join") ?? true;
  fields.requireNoOther();
  return {
    ...common("ixc25-video", { join }, { width: 560, height: 560 }),
    geometry: join ? { kind: "strip", frame: 1120 } : { kind: "strip" },
    padding: "end",
    tokens: { kind: "hd", side: 20 },
  };
}

/** The options that are given: one that is undefined or null leaves the default. */
function withoutAbsent<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value != null)) as T;
}

/** @throws {VitrailError} `recipe` for an option that there is not, or that is not what it must be. */
function requireHdOptions(fields: Fields, tile: Size, several: boolean): void {
  fields.count("hdNum");
  if (several) fields.count("hdNumSeveral");
  if (!UNIFORM.includes(fields.value("uniform"))) {
    const size = fields.size("uniform");
    if (size && !isOfTiles(size, tile)) {
      throw fields.bad("uniform", `first, largest, or a size of whole tiles of ${tile.width}`);
    }
  }
  fields.choice("fit", ["contain", "stretch"]);
  fields.text("layout");
  fields.requireNoOther();
}

/** What the family's recipes share; the rest overrides it. */
function common(
  name: string,
  parameters: TiledRecipe["parameters"],
  tile: Size,
): Omit<TiledRecipe, "geometry"> {
  return {
    kind: "tiles",
    name,
    parameters,
    filter: "bilinear",
    tile,
    padding: "centre",
    fill: WHITE,
    globalView: true,
    values: torchvisionValues(CLIP_MEAN, CLIP_STD),
    layout: TILES,
  };
}

function hd(
  name: string,
  side: number,
  options: HdOptions & { hdNum: number },
  padding: TiledRecipe["padding"],
  extra: { growth?: number; maxTilesOfSeveral?: number },
): TiledRecipe {
  const tile = { width: side, height: side };
  requireHdOptions(new Fields(options, name), tile, extra.maxTilesOfSeveral !== undefined);
  const { uniform, fit, layout = TILES, ...rest } = options;
  const shared = uniform === undefined ? {} : { uniform, fit: fit ?? "contain" };
  const geometry: Geometry = { kind: "hd", maxTiles: options.hdNum, ...extra, ...shared };
  const parameters: Record<string, ParameterValue> = { ...rest };
  if (uniform !== undefined) Object.assign(parameters, shared);
  if (layout !== TILES) parameters.layout = layout;
  return {
    ...common(name, parameters, tile),
    geometry,
    padding,
    layout,
    tokens: { kind: "hd", side: side / 28 },
  };
}
