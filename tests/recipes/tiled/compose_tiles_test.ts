import { planSample } from "../../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { ixc24khd, ixc25Image, ixc25Video } from "../../../src/recipes/tiled/ixc.ts";
import { assert, assertEquals } from "@std/assert";

const SIZES = [{ width: 1008, height: 680 }, { width: 680, height: 1008 }, { width: 50, height: 40 }];

Deno.test("composeTiles lays pictures of one size once, and all as they are laid alone", () => {
  const recipes = [
    ixc24khd({ hdNum: 4 }),
    ixc25Image({ hdNum: 6, hdNumSeveral: 2 }),
    ixc25Video({ join: false }),
    customRecipe({ size: 56, tile: 28, fit: "contain" }),
  ];
  for (const recipe of recipes) {
    const sizes = Array.from({ length: 60 }, (_, index) => SIZES[Math.floor(index / 3) % 3]);
    const { images, views } = planSample(recipe, sizes, "f32", sizes.map(() => 1));
    const contents = new Map(SIZES.map((size) => [size, new Set<object>()]));
    for (const [index, size] of sizes.entries()) {
      const alone = planSample(recipe, [size], "f32", [1]), [image] = alone.images;
      const own = images[index];
      for (const field of ["size", "content", "canvas", "offset", "grid", "tokens", "toCanvas"] as const) {
        assertEquals(own[field], image[field], `${recipe.name}: ${field} of picture ${index + 1}`);
      }
      assertEquals(own.rows[1] - own.rows[0], image.rows[1] - image.rows[0]);
      const main = views[own.main], view = alone.views[image.main];
      assert(main.kind === "canvas" && view.kind === "canvas");
      assertEquals(main.placements, [{ ...view.placements[0], source: { picture: index } }]);
      contents.get(size)!.add(own.content);
    }
    assertEquals([...contents.values()].map((own) => own.size), [1, 1, 1], `${recipe.name}: contents made`);
  }
});

Deno.test("composeTiles gives each sample its own canvas where one is shared by name", () => {
  const recipe = ixc24khd({ hdNum: 4, uniform: "first" });
  const [wide, tall] = SIZES, plan = planSample(recipe, [wide, tall, tall, wide], "f32", [2, 2]);
  const canvases = plan.images.map(({ canvas }) => canvas);
  const alone = [[wide, tall], [tall, wide]].flatMap((own) => planSample(recipe, own).images);
  assertEquals(canvases, alone.map(({ canvas }) => canvas));
});
