import { assertEquals } from "@std/assert";
import { planSample } from "../../src/plan/plan.ts";
import { recipeFromConfig } from "../../src/recipes/processors/config.ts";
import { ARRANGED } from "./arranged_cases.ts";
import { REPEATED } from "./repeated_cases.ts";

const CASES = [
  ...REPEATED.map(({ token, ...rest }) => ({ ...rest, placeholder: token?.repeat(rest.tokens) })),
  ...ARRANGED,
];

for (const { source, config, size, tokens, placeholder } of CASES) {
  Deno.test(`placeholders: ${source}`, () => {
    const { images: [image] } = planSample(recipeFromConfig(config), [size]);
    assertEquals(image.placeholder, placeholder);
    assertEquals(image.tokens, tokens);
  });
}
