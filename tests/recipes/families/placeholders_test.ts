import { assertEquals } from "@std/assert";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { ARRANGED } from "../../support/recipes/arranged_cases.ts";
import { PATCH_PLACEHOLDERS } from "../../support/recipes/patches_cases.ts";
import { DOCUMENT_PLACEHOLDERS } from "../../support/recipes/documents_cases.ts";
import { placeholderPieces } from "../../../src/text/expansion/placeholder_pieces.ts";
import { TILE_PLACEHOLDERS } from "../../support/recipes/tiles_cases.ts";
import { REPEATED } from "../../support/recipes/repeated_cases.ts";

const CASES = [
  ...REPEATED.map(({ token, ...rest }) => ({ ...rest, placeholder: token?.repeat(rest.tokens) })),
  ...ARRANGED,
  ...PATCH_PLACEHOLDERS,
  ...TILE_PLACEHOLDERS,
  ...DOCUMENT_PLACEHOLDERS,
];

for (const { source, config, size, tokens, placeholder } of CASES) {
  Deno.test(`planSample gives placeholders as ${source}`, () => {
    const { images: [image] } = planSample(recipeFromConfig(config), [size]);
    assertEquals(image.placeholder, placeholder);
    const written = { placeholder };
    assertEquals(placeholderPieces(image, image.token), placeholderPieces(written, image.token));
    assertEquals(image.tokens, tokens);
  });
}
