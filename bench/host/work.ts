import sharp from "sharp";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { syntheticPicture } from "../../tests/support/pictures/synthetic.ts";
import { TASK_RECIPES } from "../peers/task_recipes.ts";

/** The recipe of large pictures: ixc2-4khd, 16 tiles at most, 23 MB of f32 for 1920x1080. */
export const HD_RECIPE = TASK_RECIPES.hd;

/** The recipe of tiny pictures: CLIP's square of 224, 0.6 MB of f32. */
export const TINY_RECIPE = recipeFromConfig({
  image_processor_type: "CLIPImageProcessor",
  size: { shortest_edge: 224 },
  crop_size: { width: 224, height: 224 },
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
});

/** The side of a tiny picture, pixels. */
const SIDE = 256;

/** Returns so many tiny pictures, encoded as JPEG. */
export function tinyPictures(count: number): Promise<Uint8Array[]> {
  const raw = { width: SIDE, height: SIDE, channels: 4 } as const;
  return Promise.all(Array.from({ length: count }, async (_, index) => {
    const { data } = syntheticPicture({ kind: "noise", w: SIDE, h: SIDE, seed: index + 1 });
    return new Uint8Array(await sharp(data, { raw }).jpeg().toBuffer());
  }));
}
