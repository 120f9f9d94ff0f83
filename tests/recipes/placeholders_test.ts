import { assertEquals } from "@std/assert";
import { planSample } from "../../src/plan/plan.ts";
import { recipeFromConfig } from "../../src/recipes/processors/config.ts";
import { CASES } from "./placeholders_cases.ts";

for (const { source, config, size, tokens, placeholder } of CASES) {
  Deno.test(`placeholders: ${source}`, () => {
    const { images: [image] } = planSample(recipeFromConfig(config), [size]);
    assertEquals(image.placeholder, placeholder);
    assertEquals(image.tokens, tokens);
  });
}
