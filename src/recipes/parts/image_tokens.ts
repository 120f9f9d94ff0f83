import type { Size } from "../../plan/geometry.ts";
import type { ImageText } from "../../plan/image_text.ts";
import type { Fields } from "../fields.ts";

/** The vision tower, as far as LLaVA's processors know it: how many features it makes of a tile. */
export interface Tower {
  /** Returns the patches along each axis of a tile of this size. */
  patches(tile: Size): Size;
  /** Features a tile beyond its patches, such as the class token. */
  additional: number;
  /** 1 where the model drops one feature again, otherwise 0. */
  dropped: number;
  /** The text that stands for one feature. */
  token: string;
}

/** The values that a processor takes where its fields do not say. */
export interface TowerDefaults {
  /** `patch_size`. */
  patch: number;
  /** `vision_feature_select_strategy`. */
  strategy: "default" | "full";
  /** `num_additional_image_tokens`. */
  additional: number;
}

/**
 * Reads the processor's fields: `patch_size`, `vision_feature_select_strategy`, `num_additional_image_tokens`
 * (0 by default) and `image_token` (`<image>` by default). Without `patch_size`, as by default, nothing is
 * known.
 * Source: transformers `models/llava/processing_llava.py`, `LlavaProcessor.__init__`.
 */
export function towerOf(fields: Fields): Tower | undefined;
/** Reads the fields of a processor that has defaults for all of them. */
export function towerOf(fields: Fields, defaults: TowerDefaults): Tower;
export function towerOf(fields: Fields, defaults?: TowerDefaults): Tower | undefined {
  const patch = fields.count("patch_size") ?? defaults?.patch;
  const strategy = fields.choice("vision_feature_select_strategy", ["default", "full"]) ?? defaults?.strategy;
  const additional = fields.number(
    "num_additional_image_tokens",
    "a whole number, 0 or more",
    (n) => Number.isInteger(n) && n >= 0,
  ) ?? defaults?.additional ?? 0;
  const token = fields.text("image_token") ?? "<image>";
  if (patch === undefined) return undefined;
  const patches = ({ width, height }: Size) => ({
    width: Math.floor(width / patch),
    height: Math.floor(height / patch),
  });
  return { patches, additional, dropped: strategy === "default" ? 1 : 0, token };
}

/** The text that stands for a picture; absent where nobody knows it. */
export type Expansion = Pick<ImageText, "tokens" | "parts" | "token">;

/**
 * Returns the text that stands for a picture of one tile; nothing where the tower is not known.
 * Source: transformers `models/llava/processing_llava.py`, `LlavaProcessor.__call__`.
 */
export function expandedTile(tower: Tower | undefined, tile: Size): Expansion {
  if (!tower) return {};
  const { width, height } = tower.patches(tile);
  return expanded(tower, width * height + tower.additional);
}

/** Returns the text that stands for a picture of `features` features, those dropped again included. */
export function expanded({ token, dropped }: Tower, features: number): Expansion {
  const tokens = Math.max(0, features - dropped); // Python writes a token -1 times as it writes it 0 times
  return { tokens, parts: [[token, tokens]], token };
}

/** The tiles of a picture that the model joins after the tower, and whose padding it takes off again. */
export interface JoinedTiles {
  /** Patches along each axis of a tile. */
  patches: Size;
  /** Tiles along each axis of the best resolution. */
  grid: Size;
  /**
   * The most features, as a count of tiles; more are interpolated down to it. Absent: there is no such bound.
   */
  most?: number;
}

/**
 * Counts the features of a picture's joined tiles, and one more for each line of them: the newline.
 * Source: transformers `models/llava_next/processing_llava_next.py` and
 * `models/llava_onevision/processing_llava_onevision.py`, `_get_unpadded_features`.
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
  const lines = wholeTimes(height, ratio), columns = wholeTimes(width, ratio);
  return lines * columns + lines;
}

/** Python's `value // divisor` of floats, which no rounding lifts to the next whole number. */
function wholeTimes(value: number, divisor: number): number {
  return Math.round((value - value % divisor) / divisor);
}

/** Python's `int(round(value, 7))`. A value a rounding error below a whole number becomes that number. */
function toSeventh(value: number): number {
  return Math.trunc(Number(value.toFixed(7)));
}
