import type { Size } from "../../plan/geometry.ts";
import type { Preprocessing } from "../../plan/preprocessing.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import type { Rgb } from "../../plan/tables/values.ts";

/** A recipe that cuts each picture's canvas into tiles: InternLM-XComposer's, and recipes of one's own. */
export interface TiledRecipe extends Preprocessing {
  /** The kind of recipe: one that is all data. */
  kind: "tiles";
  /** The rule by which a picture's size decides its canvas. */
  geometry: Geometry;
  /** The filter that resamples pictures. */
  filter: Filter;
  /** The size of a tile, pixels. */
  tile: Size;
  /** The place of padding: split on both sides of the content, or after it. */
  padding: "centre" | "end";
  /** The colour around the content, bytes. */
  fill: Rgb;
  /** True where each picture's own global view comes before its tiles. */
  globalView: boolean;
  /** The pattern by which a canvas `[c, h, w]` becomes rows; `p` and `q` are a tile's height and width. */
  layout: string;
  /** The rule that counts a picture's tokens; absent where none does. */
  tokens?: TokenLayout;
}

/** The rule by which a picture's size decides the size of its canvas. */
export type Geometry = FixedGeometry | HdGeometry | StripGeometry;

/** Puts every picture on a canvas of one size. */
export interface FixedGeometry {
  /** The kind of geometry. */
  kind: "fixed";
  /** The canvas, pixels. */
  size: Size;
  /** The way to fill it: `stretch` changes a picture's aspect, `contain` keeps it. */
  fit: "stretch" | "contain";
}

/**
 * Takes the largest landscape canvas of `columns × rows` tiles that `maxTiles` allows. A portrait picture is
 * laid out as its transpose. Source: InternLM-XComposer `finetune/ixc_utils.py`, `HD_transform` and its kin.
 */
export interface HdGeometry {
  /** The kind of geometry. */
  kind: "hd";
  /** Most tiles a picture. */
  maxTiles: number;
  /** Most tiles a picture where its sample has several; absent: `maxTiles`. */
  maxTilesOfSeveral?: number;
  /** The most that a picture grows: it gets no more columns than its width times this fills. */
  growth?: number;
  /** One canvas for all pictures of a sample: the first one's, the largest one's, or this size. */
  uniform?: "first" | "largest" | Size;
  /** The way to fill a uniform canvas: `contain` (default) keeps a picture's aspect, `stretch` changes it. */
  fit?: "contain" | "stretch";
}

/** Joins the frames of one clip on a white sheet, which then becomes one tile high, or one tile wide. */
export interface StripGeometry {
  /** The kind of geometry. */
  kind: "strip";
  /** The longer side of each frame on the sheet, pixels; absent: each picture is a sheet, joined already. */
  frame?: number;
}

/** The rule that counts the tokens of a picture after the encoder. */
export type TokenLayout =
  /**
   * `(tiles + 1) · side² + 1 + (rows + 1) · side`: tiles, global view, separator and newlines. `side` is the
   * tokens along a tile's side.
   */
  | { kind: "hd"; side: number }
  /** A fixed count a tile. */
  | { kind: "tile"; count: number };

/** The most tiles that a recipe may ask for. */
export const MOST_HD_TILES = 10000;

/** The layout that cuts a canvas into tiles in row-major order. */
export const TILES = "c (h p) (w q) -> (h w) c p q";
