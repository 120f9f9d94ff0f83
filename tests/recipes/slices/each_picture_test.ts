import { assert, assertEquals } from "@std/assert";
import { Composer } from "../../../src/plan/composer.ts";
import { imagePlan } from "../../../src/plan/images/image_plan.ts";
import { PIXELS } from "../../../src/plan/plan.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { eachPicture } from "../../../src/recipes/each_picture.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
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

Deno.test("eachPicture gives a picture far behind the views that it has alone, in every family", () => {
  for (const recipe of RECIPES) {
    const pictures = Array.from({ length: 1100 }, (_, index) => SIZES[index % 3 % 2]);
    const samples = Array<number>(pictures.length).fill(1),
      plan = planSample(recipe, pictures, "f32", samples);
    const { images } = planSample(recipe, pictures.slice(0, 4), "f32", [1, 1, 1, 1]);
    const own = images.map((image) => imagePlan(plan, image).views);
    for (const [index, view] of [[1098, 0], [1099, 1]]) {
      const image = plan.images[index], { views, pictures } = imagePlan(plan, image);
      assertEquals(views, own[view], recipe.name);
      assertEquals(pictures, [index]);
      assert(image.content === plan.images[view].content, recipe.name); // shared
      assertEquals(image.views[0], plan.images[index - 1].views[1], recipe.name);
    }
    assert(plan.views.length >= plan.images.length);
  }
});
