import { assertEquals } from "@std/assert";
import { planPart } from "../../../src/engine/lanes/lane_work.ts";
import { piecesOf } from "../../../src/engine/run/pieces.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";

Deno.test("piecesOf and planPart leave the text that stands for a clip unwritten", () => {
  const recipe = recipeFromConfig({ video_processor_type: "Qwen2VLVideoProcessor" });
  const plan = planSample(recipe, Array(6).fill({ width: 56, height: 84 }), "f32", [6]);
  let written = 0;
  const [clip] = plan.images, { placeholder } = clip;
  Object.defineProperty(clip, "placeholder", { get: () => (written++, placeholder), enumerable: true });
  const images = piecesOf(plan);
  const parts = images.map((_, from) => planPart({ ...plan, images }, { from, to: from + 1 }));
  assertEquals(images.map(({ views }) => views), parts.map(({ images: [{ views }] }) => views));
  assertEquals([typeof placeholder, images.length, written], ["string", 3, 0]);
});
