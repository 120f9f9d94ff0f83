import { isOfTiles, type Size } from "../../plan/geometry.ts";
import type { ParameterValue } from "../../plan/preprocessing.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues, WHITE } from "../../plan/tables/values.ts";
import { Fields } from "../fields.ts";
import { type Geometry, MOST_HD_TILES, type TiledRecipe, TILES } from "./tiled_recipe.ts";

/** The canvases that pictures of a sample may share by name. */
const UNIFORM: readonly unknown[] = ["first", "largest"];

/** Options of the HD recipes. */
export interface HdOptions {
  /** Most tiles a picture. */
  hdNum?: number;
  /** One canvas for all pictures of a sample: the first one's, the largest one's, or this size in pixels. */
  uniform?: "first" | "largest" | Size;
  /** The way to fill a uniform canvas: `contain` (default) keeps a picture's aspect, `stretch` changes it. */
  fit?: "contain" | "stretch";
  /** The pattern by which a canvas `[c, h, w]` becomes rows; tiles in row-major order by default. */
  layout?: string;
}

/** Options of `ixc2`. */
export interface Ixc2Options {
  /** The side of the square, pixels: 490 (default) or 224. */
  size?: number;
}

/**
 * Makes InternLM-XComposer2's recipe: a square of `size` pixels, Pillow's bicubic, CLIP's mean and std.
 * Rows are `[1, 3, size, size]` a picture.
 * @throws {VitrailError} `recipe` for an option that there is not, or that is not what it must be.
 */
export function ixc2(options: Ixc2Options = {}): TiledRecipe {
  const fields = new Fields(options, "ixc2");
  const size = fields.count("size") ?? 490;
  fields.requireNoOther();
  const square = { width: size, height: size };
  return {
    ...sharedParts("ixc2", { size }, square),
    geometry: { kind: "fixed", size: square, fit: "stretch" },
    filter: "bicubic",
    globalView: false,
    tokens: { kind: "tile", count: Math.floor(size / 14) ** 2 },
  };
}

/**
 * Makes InternLM-XComposer2-4KHD's recipe: tiles of 336, `hdNum` at most. White padding stands above and
 * below a landscape picture, left and right of a portrait.
 * Source: InternLM-XComposer-2.0 `finetune/ixc_utils.py`, `HD_transform`.
 * @throws {VitrailError} `recipe` for an option that there is not, or that is not what it must be.
 */
export function ixc24khd(options: HdOptions = {}): TiledRecipe {
  return hd("ixc2-4khd", 336, { hdNum: 16, ...withoutAbsent(options, "ixc2-4khd") }, "centre", {});
}

/**
 * Makes the recipe of InternLM-XComposer-2.5 as it is trained: tiles of 560, `hdNum` at most. A picture gets
 * no more columns than 1.5 times its width fills.
 * Source: InternLM-XComposer `finetune/ixc_utils.py`, `R560_HD18_Identity_transform`.
 * @throws {VitrailError} `recipe` for an option that there is not, or that is not what it must be.
 */
export function ixc25(options: HdOptions = {}): TiledRecipe {
  return hd("ixc25", 560, { hdNum: 18, ...withoutAbsent(options, "ixc25") }, "centre", { growth: 1.5 });
}

/** Options of `ixc25Image`. */
export interface Ixc25ImageOptions extends HdOptions {
  /** Most tiles a picture where its sample has several. */
  hdNumSeveral?: number;
}

/**
 * Makes the recipe of InternLM-XComposer-2.5 as it answers: tiles of 560, and padding at the bottom. A single
 * picture has `hdNum` tiles at most, each of several in a sample `hdNumSeveral`.
 * Source: InternLM-XComposer-2.5-OL `base/ixc_utils.py`, `Image_transform`.
 * @throws {VitrailError} `recipe` for an option that there is not, or that is not what it must be.
 */
export function ixc25Image(options: Ixc25ImageOptions = {}): TiledRecipe {
  const present = withoutAbsent(options, "ixc25-image");
  const { hdNum = 24, hdNumSeveral = present.hdNum ?? 6, ...rest } = present;
  const given = { ...rest, hdNum, hdNumSeveral };
  return hd("ixc25-image", 560, given, "end", { growth: 1, maxTilesOfSeveral: hdNumSeveral });
}

/** Options of `ixc25Video`. */
export interface Ixc25VideoOptions {
  /** True (default) to join the frames on a sheet, as `frame2img` does; false where pictures are sheets. */
  join?: boolean;
}

/**
 * Makes InternLM-XComposer-2.5's recipe for videos. The frames are joined on one sheet as `frame2img` joins
 * them, **without its text labels**: the space for them is kept. The sheet then becomes one tile high, or one
 * tile wide. Frames must be given in their order.
 * Source: InternLM-XComposer-2.5-OL `base/ixc_utils.py`, `frame2img` and `Video_transform`.
 * @throws {VitrailError} `recipe` for an option that there is not, or that is not what it must be.
 */
export function ixc25Video(options: Ixc25VideoOptions = {}): TiledRecipe {
  const fields = new Fields(options, "ixc25-video");
  const join = fields.boolean("join") ?? true;
  fields.requireNoOther();
  return {
    ...sharedParts("ixc25-video", { join }, { width: 560, height: 560 }),
    geometry: join ? { kind: "strip", frame: 1120 } : { kind: "strip" },
    padding: "end",
    tokens: { kind: "hd", side: 20 },
  };
}

/**
 * Drops options that are undefined or null, so that they leave the defaults.
 * @throws {VitrailError} `recipe` for options that are no object.
 */
function withoutAbsent<T extends object>(options: T, name: string): T {
  new Fields(options, name);
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value != null)) as T;
}

/** @throws {VitrailError} `recipe` for an option that there is not, or that is not what it must be. */
function requireHdOptions(fields: Fields, tile: Size, several: boolean): void {
  fields.count("hdNum", MOST_HD_TILES);
  if (several) fields.count("hdNumSeveral", MOST_HD_TILES);
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

/** Makes the parts that all of these recipes share. Each recipe overrides some of them. */
function sharedParts(
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

/** Makes a recipe of tiles of `side` pixels and a global view, with the options that users give. */
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
    ...sharedParts(name, parameters, tile),
    geometry,
    padding,
    layout,
    tokens: { kind: "hd", side: side / 28 },
  };
}
