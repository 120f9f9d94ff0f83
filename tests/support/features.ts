import type { SplicedImage } from "../../src/engine/splice/splice_plan.ts";
import { ixc24khd, ixc25 } from "../../src/recipes/tiled/ixc.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";

/** Features of pictures, and the two vectors that are spliced between them. */
export interface Features {
  images: SplicedImage[];
  features: { shape: number[]; data: Float32Array };
  newline: Float32Array;
  separator: Float32Array;
}

/** The recipe whose tiles are `tile` pixels a side. */
export function recipeOfTile(tile: number): Recipe {
  return tile === 336 ? ixc24khd() : ixc25();
}

/** The features that a golden's formula gives for tiles of `tile` pixels and `channels` channels. */
export function goldenFeatures(tile: number, channels: number, grids: readonly [number, number][]): Features {
  const rows = grids.reduce((sum, [h, w]) => sum + 1 + h * w, 0), patches = (tile / 14) ** 2;
  const data = new Float32Array(rows * patches * channels);
  for (let i = 0; i < data.length; i++) data[i] = (Math.imul(i, 2654435761) >>> 8) / 2 ** 24;
  const vector = (offset: number) =>
    Float32Array.from({ length: 4 * channels }, (_, k) => -(k + 1) / 16 - offset);
  return {
    images: grids.map((grid) => ({ grid })),
    features: { shape: [rows, patches, channels], data },
    newline: vector(4096),
    separator: vector(0),
  };
}
