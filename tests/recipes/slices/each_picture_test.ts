import { assert, assertEquals } from "@std/assert";
import { Composer } from "../../../src/plan/composer.ts";
import { imagePlan } from "../../../src/plan/images/image_plan.ts";
import { PIXELS, type Plan, type PlannedImage } from "../../../src/plan/plan.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { eachPicture } from "../../../src/recipes/each_picture.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";

/** The recipes that compose pictures of one size alike; MiniCPM-V numbers them in their texts. */
const RECIPES = [
  ...FAMILIES.map(({ types: [type] }) => {
    return recipeFromConfig({
      image_processor_type: type,
      do_crop_margin: type.startsWith("Nougat") ? false : undefined,
    });
  }).filter(({ name }) => name !== "minicpmv4_6"),
  ixc24khd(),
];

const SIZES = [{ width: 90, height: 120 }, { width: 300, height: 200 }, { width: 64, height: 64 }];

Deno.test("eachPicture composes each size once, and gives each picture what was made of its size", () => {
  const pictures = Array.from({ length: 3000 }, (_, index) => ({ ...SIZES[index % 7 % 3] }));
  const composer = new Composer(pictures, [pictures.length], "u8", false), composed: number[] = [];
  const composing = eachPicture(composer, (picture, index) => {
    composed.push(index);
    const main = composer.canvas({
      canvas: picture,
      fill: [0, 0, 0],
      placements: [{
        source: { picture: index },
        crop: { left: 0, top: 0, right: picture.width, bottom: picture.height },
        content: picture,
        offset: { x: 0, y: 0 },
        filter: "box",
        order: "horizontal-first",
      }],
      target: composer.target(PIXELS, picture, "c (h p) (w q) -> (h w) c p q", { p: 2, q: 2 }),
    });
    composer.image({ size: picture, main, grid: [1, 1] });
    return index;
  });
  let step = composing.next(), steps = 0;
  for (; !step.done; step = composing.next()) steps++;
  assertEquals([composed, steps], [[0, 1, 2], 3000]);
  assertEquals(step.value, pictures.map((_, index) => index % 7 % 3));
});

/** Returns a plan of samples of two pictures and of one in turn; Fuyu, which stacks them, gets three each. */
function planOf(recipe: Recipe, pairs: number): Plan {
  const counts = recipe.name === "fuyu" ? [3] : [2, 1];
  const pictures = Array.from({ length: 3 * pairs }, (_, index) => SIZES[index % 3 % 2]);
  return planSample(recipe, pictures, "f32", Array.from({ length: pairs }, () => counts).flat());
}

/** Returns all that an image is and has, counted from where its views and rows begin. */
function ownOf(plan: Plan, image: PlannedImage): object {
  const { main, views: [view, end], rows: [row, last], ...facts } = image;
  const { views, pictures, ranges } = imagePlan(plan, image);
  const moved = Object.values(ranges).map(([first, ...others]) => {
    return [first, ...others].map(({ row, ...own }) => ({ ...own, row: row - first.row }));
  });
  const counts = [main - view, end - view, last - row, ...pictures.map((picture) => picture - pictures[0])];
  return { ...facts, counts, views, moved };
}

/** Returns the elements of integers that are of the three pictures from one on, where each has as many. */
function integersOf({ integers, pictures }: Plan, picture: number): unknown[][] {
  return Object.values(integers).map(({ values }) => {
    const list: readonly unknown[] = Array.isArray(values) ? values : Object.values(values)[0];
    const each = list.length / pictures.length;
    return Number.isInteger(each) ? list.slice(picture * each, (picture + 3) * each) : [];
  });
}

Deno.test("eachPicture gives pictures far behind all that the first ones have, in every family", () => {
  for (const recipe of RECIPES) {
    const plan = planOf(recipe, 367), few = planOf(recipe, 2), from = plan.pictures.length - 3;
    for (let picture = 0; picture < 3; picture++) {
      const image = plan.images[from + picture], { views: [view] } = image;
      assertEquals(ownOf(plan, image), ownOf(few, few.images[picture]), `${recipe.name}, picture ${picture}`);
      assert(image.content === plan.images[picture].content, recipe.name); // shared
      assertEquals(view, plan.images[from + picture - 1].views[1], recipe.name);
    }
    assertEquals(integersOf(plan, from), integersOf(few, 0), recipe.name);
  }
});
