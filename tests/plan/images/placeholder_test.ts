import { assert, assertEquals, assertThrows } from "@std/assert";
import { imageWith, withPlaceholder } from "../../../src/plan/images/placeholder.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";

Deno.test("imageWith does not write a text out, and its copy writes out its own", () => {
  const recipe = recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" });
  const { images: [image] } = planSample(recipe, [{ width: 56, height: 56 }]);
  const long = withPlaceholder({ ...image, parts: [["ab", 2 ** 30]] }); // longer than any string
  const copy = imageWith(long, { video: true });
  assert(copy.video && copy.size === image.size && copy !== long);
  assertThrows(() => copy.placeholder, RangeError);
  assertEquals(imageWith(copy, { parts: [["ab", 2], "c"] }).placeholder, "ababc");
  const { parts: _, ...plain } = { ...image, placeholder: "plain" };
  assertEquals(imageWith(plain, { video: true }), { ...plain, video: true });
});
