import { assertEquals } from "@std/assert";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";

const FRAME = { width: 112, height: 84 };

Deno.test("planSample gives the grid of a picture's tokens", () => {
  const recipe = recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor", min_pixels: 56 * 56 });
  const { images: [image] } = planSample(recipe, [FRAME]);
  assertEquals([image.grid, image.tokenGrid], [[6, 8], { steps: 1, rows: 3, columns: 4 }]);
  assertEquals([image.tokens, image.token, image.video], [12, "<|image_pad|>", undefined]);
});

Deno.test("planSample gives a clip's grid of tokens and the seconds between its steps", () => {
  const config = { video_processor_type: "Qwen2VLVideoProcessor", min_pixels: 56 * 56 };
  for (const [fps, secondsPerStep] of [[undefined, undefined], [4, 0.5]]) {
    const recipe = recipeFromConfig({ ...config, ...(fps && { fps }) });
    const { images: [clip] } = planSample(recipe, Array(5).fill(FRAME));
    assertEquals([clip.video, clip.tokenGrid], [true, { steps: 3, rows: 3, columns: 4 }]);
    assertEquals([clip.tokens, clip.token, clip.secondsPerStep], [36, "<|video_pad|>", secondsPerStep]);
  }
});
