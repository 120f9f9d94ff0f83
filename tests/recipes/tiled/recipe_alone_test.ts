import { assertEquals, assertNotEquals } from "@std/assert";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { ixc24khd, ixc25Image } from "../../../src/recipes/tiled/ixc.ts";
import { recipeAlone } from "../../../src/recipes/tiled/recipe_alone.ts";

const sizes = [{ width: 3000, height: 2000 }, { width: 300, height: 900 }, { width: 2000, height: 300 }];

Deno.test("recipeAlone gives a picture the canvas that it has in its sample", () => {
  for (
    const recipe of [
      ixc25Image(),
      ixc24khd(),
      ixc24khd({ uniform: "first" }),
      ixc24khd({ uniform: "largest" }),
    ]
  ) {
    const plan = planSample(recipe, sizes);
    for (const [index, image] of plan.images.entries()) {
      const { canvas, content, offset, grid } = image;
      const [alone] = planSample(recipeAlone(recipe, plan, image), [sizes[index]]).images;
      assertEquals({ ...alone, canvas, content, offset, grid }, alone, `${recipe.name} ${index}`);
    }
  }
  const plan = planSample(ixc25Image(), sizes);
  assertNotEquals(planSample(ixc25Image(), [sizes[0]]).images[0].canvas, plan.images[0].canvas);
});
