import type { Size } from "../../plan/geometry.ts";
import type { Preprocessing } from "../../plan/preprocessing.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import type { Rgb } from "../../plan/tables/values.ts";

/** A canvas a picture, cut into tiles: InternLM-XComposer's recipes, and recipes of one's own. */
export interface TiledRecipe extends Preprocessing {
  kind: "tiles";
  geometry: Geometry;
  filter: Filter;
  /** Tile size, pixels. */
  tile: Size;
  /** Where padding goes: split on both sides of the content, or after it. */
  padding: "centre" | "end";
  /** The colour around the content, bytes. */
  fill: Rgb;
  /** Whether each picture's own global view comes before its tiles. */
  globalView: boolean;
  /** How a canvas `[c, h, w]` becomes rows, with `p` and `q` a tile's height and width. */
  layout: string;
  tokens?: TokenLayout;
}

/** How a picture's size becomes the size of its canvas. */
export type Geometry =
  | SquareGeometry
  | HdGeometry
  | StripGeometry;

/** Every picture is stretched to one size. */
export interface SquareGeometry {
  kind: "fixed";
  size: Size;
  fit: "stretch" | "contain";
}

/**
 * The largest landscape canvas of `columns × rows` tiles that `maxTiles` allows; a portrait picture is laid out as
 * its transpose. Source: InternLM-XComposer `finetune/ixc_utils.py`, `HD_transform` and its kin.
 */
export interface HdGeometry {
  kind: "hd";
  /** Most tiles a picture, and where a sample has several pictures, most tiles for each of those. */
  maxTiles: number;
  maxTilesOfSeveral?: number;
  /** No more columns than the width times this needs; absent: as many as `maxTiles` allows. */
  growth?: number;
  /** One canvas for all pictures of a sample: the first one's, the largest one's, or this size. */
  uniform?: "first" | "largest" | Size;
  /** How a picture fits a uniform canvas. */
  fit?: "contain" | "stretch";
}

/** The frames of one clip joined on a white sheet, which then becomes one tile high or wide. */
export interface StripGeometry {
  kind: "strip";
  /** The longer side of each frame on the sheet, pixels; absent: each picture is a sheet, joined already. */
  frame?: number;
}

/** How many tokens a picture becomes after the encoder. */
export type TokenLayout =
  /** `(tiles + 1) · side² + 1 + (rows + 1) · side`: tiles, global view, separator and newlines. */
  | { kind: "hd"; side: number }
  /** A fixed count a tile. */
  | { kind: "tile"; count: number };

/** The layout that cuts a canvas into tiles in row-major order. */
export const TILES = "c (h p) (w q) -> (h w) c p q";
