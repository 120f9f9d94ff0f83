import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import type { Anyres } from "../../parts/anyres.ts";
import { type Expansion, joinedTokens } from "../../parts/image_tokens.ts";
import { bestResolution } from "../../parts/resolutions.ts";

/** The texts that stand for pictures. */
export interface Expansions {
  /** Returns the text of a picture that is alone in its sample. */
  alone(picture: Size): Expansion;
  /** Returns the text of a picture that shares its sample with others. */
  shared(): Expansion;
}

/**
 * Reads the processor's fields; undefined without `num_image_tokens`, how many features a tile becomes.
 * Source: transformers `models/llava_onevision/processing_llava_onevision.py`, `__call__`,
 * `_expand_image_tokens` and `_get_number_of_features`.
 */
export function expansionsOf(fields: Fields, anyres: Anyres): Expansions | undefined {
  const features = fields.count("num_image_tokens");
  const strategy = fields.choice("vision_feature_select_strategy", ["default", "full"]);
  const image = fields.text("image_token") ?? "<image>";
  const most = fields.take("vision_aspect_ratio", 'a text such as "anyres_max_9"', (value) => {
    const [, tiles] = /^anyres_max_([1-9]\d*)$/.exec(String(value)) ?? [];
    return tiles === undefined ? undefined : Number(tiles);
  }) ?? 9;
  if (features === undefined) return undefined;
  const side = Math.floor(Math.sqrt(features)), patches = { width: side, height: side };
  const tile = anyres.crop ?? anyres.base, dropped = strategy === "default" ? 1 : 0;
  const expanded = (tokens: number): Expansion => ({ tokens, parts: [[image, tokens]], token: image });
  return {
    alone(picture) {
      const best = bestResolution(picture, anyres.resolutions);
      const grid = {
        width: Math.floor(best.width / tile.width),
        height: Math.floor(best.height / tile.height),
      };
      if (grid.width * grid.height === 0) return {}; // a resolution below a tile: Python divides by zero
      return expanded(features + joinedTokens(picture, { patches, grid, most }) - dropped);
    },
    shared: () => expanded(features + 1 - dropped), // one for the newline
  };
}
