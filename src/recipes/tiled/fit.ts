import { type Point, type Size, sizeText, transposedSize } from "../../plan/geometry.ts";
import { NO_PIXELS, refusal } from "../refusal.ts";
import type { HdGeometry, TiledRecipe } from "./tiled_recipe.ts";

/**
 * A picture's content on its canvas, all in the upright picture's frame.
 *
 *     canvas ┌───────────────┐
 *            │    offset     │
 *            │   ┌content┐   │  padding around
 *            │   └───────┘   │
 *            └───────────────┘
 */
export interface Fit {
  /** The picture's size on the canvas. */
  content: Size;
  /** The canvas, whole tiles unless it was given. */
  canvas: Size;
  /** The content's top left on the canvas, pixels. */
  offset: Point;
  /** True where the picture is laid out as its transpose, so that the vertical pass comes first. */
  transposed: boolean;
}

/**
 * Fits a picture of `size` to the canvas that an HD recipe gives it.
 * Source: InternLM-XComposer `finetune/ixc_utils.py`, `HD_transform` and `padding_336`.
 * @param several true where the picture's sample has others
 * @throws {VitrailError} `shape` where the content's shorter side truncates to 0, as Python fails there.
 */
export function hdFit(size: Size, geometry: HdGeometry, recipe: TiledRecipe, several: boolean): Fit {
  const transposed = size.width < size.height;
  const { width, height } = transposed ? transposedSize(size) : size;
  const maxTiles = several ? geometry.maxTilesOfSeveral ?? geometry.maxTiles : geometry.maxTiles;
  const tile = recipe.tile.width;
  const ratio = width / height;
  let columns = 1;
  while (columns * Math.ceil(columns / ratio) <= maxTiles) columns++;
  columns--;
  if (geometry.growth !== undefined) columns = Math.min(Math.ceil(width * geometry.growth / tile), columns);
  const content = { width: columns * tile, height: Math.trunc(columns * tile / ratio) };
  requireContent(content, size, recipe);
  const canvas = { width: content.width, height: Math.ceil(content.height / tile) * tile };
  return padded(content, canvas, recipe, transposed);
}

/**
 * Fits a picture of `size` into a given canvas: `contain` keeps its aspect, `stretch` fills the canvas.
 * @throws {VitrailError} `shape` where the content's shorter side truncates to 0.
 */
export function fitInto(size: Size, canvas: Size, recipe: TiledRecipe, fit: "contain" | "stretch"): Fit {
  const transposed = recipe.geometry.kind === "hd" && size.width < size.height;
  if (fit === "stretch") return { content: canvas, canvas, offset: { x: 0, y: 0 }, transposed };
  const frame = transposed ? transposedSize(canvas) : canvas;
  const { width, height } = transposed ? transposedSize(size) : size;
  const ratio = width / height;
  const high = Math.trunc(frame.width / ratio);
  const content = high <= frame.height
    ? { width: frame.width, height: high }
    : { width: Math.trunc(frame.height * ratio), height: frame.height };
  requireContent(content, size, recipe);
  return padded(content, frame, recipe, transposed);
}

/**
 * Fits a picture to one tile's height, or one tile's width for a portrait, with padding after it.
 * Source: `Video_transform`.
 */
export function stripFit(size: Size, recipe: TiledRecipe): Fit {
  const transposed = size.width < size.height;
  const { width, height } = transposed ? transposedSize(size) : size;
  const tile = recipe.tile.width;
  const content = { width: Math.trunc(tile * (width / height)), height: tile };
  const canvas = { width: Math.ceil(content.width / tile) * tile, height: tile };
  return padded(content, canvas, recipe, transposed);
}

/** @throws {VitrailError} `shape` for content without pixels. */
export function requireContent(content: Size, size: Size, recipe: TiledRecipe): void {
  if (content.width > 0 && content.height > 0) return;
  throw refusal(recipe.name, size, `its content would be ${sizeText(content)}, ${NO_PIXELS}`);
}

/** Lays content on its canvas with the recipe's padding, and gives both in the upright picture's frame. */
function padded(content: Size, canvas: Size, recipe: TiledRecipe, transposed: boolean): Fit {
  const x = recipe.padding === "centre" ? Math.trunc((canvas.width - content.width) / 2) : 0;
  const y = recipe.padding === "centre" ? Math.trunc((canvas.height - content.height) / 2) : 0;
  return transposed
    ? { content: transposedSize(content), canvas: transposedSize(canvas), offset: { x: y, y: x }, transposed }
    : { content, canvas, offset: { x, y }, transposed };
}
