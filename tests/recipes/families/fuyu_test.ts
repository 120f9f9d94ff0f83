import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import type { Size } from "../../../src/plan/geometry.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";

const WIDE: Size = { width: 200, height: 50 }, TALL: Size = { width: 30, height: 120 };
const config = { image_processor_type: "FuyuImageProcessor", size: { height: 60, width: 100 } };

Deno.test("fuyu takes each picture of a flat list for a sample", () => {
  const { outputs, integers } = planSample(recipeFromConfig(config), [WIDE, TALL]);
  assertEquals(outputs.images.as, [2, 1, 3, 60, 100]);
  assertEquals(valuesOf(integers), {
    image_unpadded_heights: [25, 60],
    image_unpadded_widths: [100, 15],
    image_scale_factors: [0.5, 0.5],
    image_sizes: [50, 200, 120, 30],
  });
});

Deno.test("fuyu measures the first picture of each sample of a nested list", () => {
  const recipe = recipeFromConfig(config, { backend: "pil" });
  const { outputs, integers } = planSample(recipe, [WIDE, TALL, TALL, WIDE], "f32", [2, 2]);
  assertEquals(outputs.images.as, [2, 2, 3, 60, 100]);
  assertEquals(valuesOf(integers), {
    image_unpadded_heights: [25, 60],
    image_unpadded_widths: [100, 15],
    image_scale_factors: [0.5, 0.5],
  });
});

Deno.test("fuyu refuses samples of different counts, and pictures of different sizes without padding", () => {
  const uneven = () => planSample(recipeFromConfig(config), [WIDE, TALL, WIDE], "f32", [1, 2]);
  assertThrows(uneven, VitrailError, "samples of [1,2] pictures");
  const recipe = recipeFromConfig(config, { do_pad: false });
  assertEquals(planSample(recipe, [WIDE, WIDE]).outputs.images.as, [2, 1, 3, 25, 100]);
  assertThrows(() => planSample(recipe, [WIDE, TALL]), VitrailError, "do_pad is false, and pictures");
});

function valuesOf(integers: ReturnType<typeof planSample>["integers"]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(integers).map(([name, { values }]) => [name, values]));
}
