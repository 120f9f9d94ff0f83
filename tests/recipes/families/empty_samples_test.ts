import { assertEquals, assertThrows } from "@std/assert";
import type { Call } from "../../../src/engine/call.ts";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { runVerified } from "../../support/compare/assert_verified.ts";
import { onEngines, onOneEngine } from "../../support/executors.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";

const A = noise(60, 40, 1), B = noise(30, 50, 2), C = noise(40, 40, 3);
const WITH: Call = [[], [A], [], [B, C]], WITHOUT: Call = [[A], [B, C]];

function noise(width: number, height: number, seed: number) {
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed }) };
}

/** The classes that return a row for each sample. */
const ROWS: Record<string, Record<string, unknown>> = {
  Idefics2ImageProcessor: { size: { shortest_edge: 20, longest_edge: 40 } },
  Idefics3ImageProcessor: {
    size: { longest_edge: 60 },
    max_image_size: { longest_edge: 30 },
    return_row_col_info: true,
  },
  MllamaImageProcessor: { size: { height: 28, width: 28 } },
};

for (const [image_processor_type, config] of Object.entries(ROWS)) {
  onEngines(
    `Engine.run gives ${image_processor_type}'s samples without pictures rows of zeros`,
    async (engine) => {
      const recipe = recipeFromConfig({ image_processor_type, ...config });
      const found = await runVerified(engine, recipe, WITH), whole = await engine.run(recipe, WITHOUT);
      assertEquals(
        found.images.map(({ grid, tokens }) => [grid, tokens]),
        whole.images.map(({ grid, tokens }) => [grid, tokens]),
      );
      for (const [name, tensor] of Object.entries(found.outputs)) {
        const values = Array.from(await tensor.data() as ArrayLike<number>, Number);
        const own = Array.from(await whole.outputs[name].data() as ArrayLike<number>, Number);
        if (tensor.lists !== undefined) {
          assertEquals([tensor.lists, values], [[0, 1, 0, 2], own], name);
          continue;
        }
        const half = own.length / 2, none = Array<number>(half).fill(0);
        // Python's mask has a tile of every picture, those that are not there among them.
        if (name === "aspect_ratio_mask") none.forEach((_, i) => none[i] = i % 4 === 0 ? 1 : 0);
        assertEquals(tensor.shape, [4, ...whole.outputs[name].shape.slice(1)], name);
        assertEquals(values, [...none, ...own.slice(0, half), ...none, ...own.slice(half)], name);
      }
    },
  );
}

/** Recipes that return pictures one after another. */
const FLAT: Record<string, Recipe> = {
  "Qwen2-VL": recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" }),
  "LLaVA-OneVision": recipeFromConfig({
    image_processor_type: "LlavaOnevisionImageProcessor",
    size: { height: 28, width: 28 },
    image_grid_pinpoints: [[28, 56], [56, 28]],
  }),
  "a custom recipe": customRecipe({ maxTiles: 2, tile: 28 }),
};

for (const [name, recipe] of Object.entries(FLAT)) {
  onOneEngine(`Engine.run passes samples without pictures over: ${name}`, async (engine) => {
    const found = await runVerified(engine, recipe, WITH), whole = await engine.run(recipe, WITHOUT);
    assertEquals(Object.keys(found.outputs), Object.keys(whole.outputs));
    for (const [name, tensor] of Object.entries(found.outputs)) {
      assertEquals([tensor.shape, await tensor.data()], [
        whole.outputs[name].shape,
        await whole.outputs[name].data(),
      ]);
    }
  });
}

Deno.test("planSample wants a frame in each clip", () => {
  const recipe = recipeFromConfig({ video_processor_type: "Qwen2VLVideoProcessor" });
  const error = assertThrows(() => planSample(recipe, [A, B], "f32", [2, 0]), VitrailError);
  assertEquals(
    error.message,
    "samples says how many of the 2 pictures each sample has, from 1 up; found [2,0]",
  );
});
