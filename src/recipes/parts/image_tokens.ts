import type { Size } from "../../plan/geometry.ts";
import type { Fields } from "../fields.ts";

/** What the LLaVA processors know of the vision tower: how many features a tile becomes. */
export interface Tower {
  /** Patches along each axis of a tile of this size. */
  patches(tile: Size): Size;
  /** Features a tile beyond its patches, the class token for one. */
  additional: number;
  /** 1 where one feature is dropped again. */
  dropped: number;
  /** The text that stands for one feature. */
  token: string;
}

/**
 * The processor's fields `patch_size`, `vision_feature_select_strategy`, `num_additional_image_tokens` (0 by default) and
 * `image_token` (`<image>` by default). Without `patch_size`, the class's default, nothing is known.
 * Source: transformers `models/llava/processing_llava.py`, `LlavaProcessor.__init__`.
 */
export function towerOf(fields: Fields): Tower | undefined {
  const patch = fields.count("patch_size");
  const strategy = fields.choice("vision_feature_select_strategy", ["default", "full"]);
  const additional = fields.number(
    "num_additional_image_tokens",
    "a whole number, 0 or more",
    (n) => Number.isInteger(n) && n >= 0,
  ) ?? 0;
  const token = fields.text("image_token") ?? "<image>";
  if (patch === undefined) return undefined;
  const patches = ({ width, height }: Size) => ({
    width: Math.floor(width / patch),
    height: Math.floor(height / patch),
  });
  return { patches, additional, dropped: strategy === "default" ? 1 : 0, token };
}

/** What stands for a picture in the text: how many tokens, and all of it. */
export interface Expansion {
  tokens?: number;
  placeholder?: string;
}

/**
 * What stands for a picture of one tile. Source: transformers `models/llava/processing_llava.py`, `LlavaProcessor.__call__`.
 */
export function expandedTile(tower: Tower | undefined, tile: Size): Expansion {
  if (!tower) return {};
  const { width, height } = tower.patches(tile);
  return expanded(tower, width * height + tower.additional);
}

/** What stands for a picture of so many features, those that are dropped again included. */
export function expanded({ token, dropped }: Tower, features: number): Expansion {
  const tokens = features - dropped;
  return { tokens, placeholder: token.repeat(tokens) };
}

/** How a picture's features are counted where its tiles are joined, and its padding taken off, after the tower. */
export interface JoinedTiles {
  /** Patches along each axis of a tile. */
  patches: Size;
  /** Tiles along each axis of the best resolution. */
  grid: Size;
  /** Above so many tiles' worth of features they are interpolated to fewer; absent: never. */
  most?: number;
}

/**
 * Features of the joined tiles, and one more a row: the newline.
 * Source: transformers `models/llava_next/processing_llava_next.py` and `models/llava_onevision/processing_llava_onevision.py`,
 * `_get_unpadded_features`.
 */
export function joinedTokens(picture: Size, { patches, grid, most }: JoinedTiles): number {
  let height = patches.height * grid.height, width = patches.width * grid.width;
  if (picture.width / picture.height > width / height) {
    height -= Math.floor((height - toSeventh(picture.height * (width / picture.width))) / 2) * 2;
  } else {
    width -= Math.floor((width - toSeventh(picture.width * (height / picture.height))) / 2) * 2;
  }
  const ratio = most === undefined ? 0 : Math.sqrt(height * width / (most * patches.height ** 2));
  if (ratio <= 1.1) return height * width + height;
  const rows = wholeTimes(height, ratio), columns = wholeTimes(width, ratio);
  return rows * columns + rows;
}

/** Python's `value // divisor` of floats, which is exact where a rounded quotient would reach the next whole number. */
function wholeTimes(value: number, divisor: number): number {
  return Math.round((value - value % divisor) / divisor);
}

/** `int(round(value, 7))`: truncated, but for what lies a rounding error below a whole number. */
function toSeventh(value: number): number {
  return Math.trunc(Number(value.toFixed(7)));
}
