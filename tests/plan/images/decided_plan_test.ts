import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { decidedPlan } from "../../../src/plan/images/decided_plan.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";

Deno.test("decidedPlan gives each clip the text of the tokens that a mask keeps", () => {
  const config = {
    video_processor_type: "VideoLlama3VideoProcessor",
    min_pixels: 28 * 28,
    max_pixels: 2 ** 20,
  };
  const size = { width: 84, height: 28 }; // three tokens a frame
  const chosen = [3, 1, 2].map((frames) => ({
    indices: Array.from({ length: frames }, (_, index) => index),
    frames,
    fps: 2,
  }));
  const plan = planSample(recipeFromConfig(config), Array(6).fill(size), "f32", [3, 1, 2], chosen);
  assertEquals(plan.images.map(({ tokens }) => tokens), [undefined, 3, undefined]);
  const mask = [1, 1, 1, 0, 1, 0, 1, 0, 0, /* */ 1, 1, 1, /* */ 1, 1, 1, 0, 1, 1];
  const decided = decidedPlan(plan, { video_compression_mask: mask });
  const pad = (count: number) => "<|video_pad|>".repeat(count);
  assertEquals(decided.images.map(({ tokens, placeholder }) => [tokens, placeholder]), [
    [5, `Time 0.0s:${pad(3)},Time 0.5s:${pad(1)},Time 1.0s:${pad(1)}`],
    [3, `Time 0.0s:${pad(3)}`],
    [5, `Time 0.0s:${pad(3)},Time 0.5s:${pad(2)}`],
  ]);
  assertEquals(decided.derived, {});
  assertEquals(decided.integers.video_compression_mask, { dtype: "bool", shape: [18], values: mask });
});

Deno.test("decidedPlan holds the texts that pixels decide to the limits of all", () => {
  const recipe = recipeFromConfig({ video_processor_type: "VideoLlama3VideoProcessor" });
  const plan = planSample(recipe, Array(2).fill({ width: 56, height: 28 }), "f32", [2]);
  const { video_compression_mask: mask } = plan.derived;
  for (
    const [own, code] of [
      [{ tokens: 2 ** 22 + 1 }, "limit"],
      [{ tokens: 1, parts: [["ab", 2 ** 27 + 1]] }, "limit"],
      [{ tokens: 0 }, "shape"],
    ] as const
  ) {
    const derived = { video_compression_mask: { ...mask, texts: () => [own] } };
    const error = assertThrows(
      () => decidedPlan({ ...plan, derived }, { video_compression_mask: [1] }),
      VitrailError,
    );
    assertEquals(error.code, code);
  }
});
