import { countOf } from "../../../src/layout/shape.ts";
import { ELEMENT_BYTES } from "../../../src/plan/dtype.ts";
import { type ImagePlan, imagePlan, ownRows, rowKindOf } from "../../../src/plan/images/image_plan.ts";
import { joinedPlan } from "../../../src/plan/images/joined_plan.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { recipe } from "../../../src/recipes/registry.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { referenceMade } from "../../support/executors.ts";
import { drawnPicture } from "../../support/pictures/synthetic.ts";

const PICTURES = [
  { kind: "noise", w: 90, h: 40, seed: 1 },
  { kind: "mix", w: 30, h: 70 },
  { kind: "grad", w: 61, h: 60 },
].map(drawnPicture);

const CROP = { size: { height: 48, width: 48 }, crop_size: { height: 48, width: 48 } };

/** Recipes, with what is special about their plans. */
const RECIPES: readonly (readonly [what: string, recipe: Recipe])[] = [
  ["a global view reads a canvas", recipe("ixc2-4khd", { hdNum: 2 })],
  [
    "rows of zeros stand behind each picture's",
    recipeFromConfig({
      image_processor_type: "LlavaOnevisionImageProcessor",
      image_grid_pinpoints: [[48, 48], [48, 96], [96, 48]],
      ...CROP,
    }),
  ],
  [
    "two outputs are made of one picture",
    recipeFromConfig({
      image_processor_type: "DeepseekOcr2ImageProcessor",
      size: { height: 64, width: 64 },
      tile_size: 32,
    }),
  ],
  ["rows are patches", recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" })],
];

for (const [what, tried] of RECIPES) {
  Deno.test(`joinedPlan makes the rows of images of a plan, in any order: ${what}`, () => {
    const plan = planSample(tried, PICTURES), whole = referenceMade(plan, PICTURES);
    const own = plan.images.map((image) => imagePlan(plan, image)).reverse();
    const sized = own.map((image) => ({ ...image, sizes: image.pictures.map((at) => plan.pictures[at]) }));
    const names = Object.keys(plan.outputs);
    const joined = joinedPlan(
      plan.recipe,
      sized,
      Object.fromEntries(names.map((output) => [output, rowKindOf(plan, output)])),
    );
    const made = referenceMade(joined, own.flatMap(({ pictures }) => pictures.map((at) => PICTURES[at])));
    for (const output of names) {
      requireOutput(plan, output, { own, made: made[output], whole: whole[output] });
    }
  });
}

/** Fails unless the images of a plan, the last one first, give its rows of an output. */
function requireOutput(
  plan: Plan<Recipe>,
  output: string,
  { own, made, whole }: { own: readonly ImagePlan[]; made: Uint8Array; whole: Uint8Array },
): void {
  const { dtype, shape: [, ...rowShape] } = plan.outputs[output];
  const width = countOf(rowShape) * ELEMENT_BYTES[dtype], expected = new Uint8Array(whole.length);
  let first = 0;
  for (const { ranges } of own) {
    for (const { row, rows, own: at } of ranges[output] ?? []) {
      if (at === undefined) continue;
      expected.set(made.subarray((first + at) * width, (first + at + rows) * width), row * width);
    }
    first += ownRows({ ranges }, output);
  }
  assertSameBytes(expected, whole, { label: output, output, dtype, shape: plan.outputs[output].shape });
}
