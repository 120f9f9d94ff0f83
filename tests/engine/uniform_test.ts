import { assertEquals } from "@std/assert";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { assertSameTensor } from "../support/compare/assert_same.ts";
import { runVerified } from "../support/compare/assert_verified.ts";
import { onEngines, onFastEngines } from "../support/executors.ts";
import { synthetic } from "../support/pictures/synthetic.ts";

/** Sizes that lie on canvases of their own: 1008x672, 672x672 and 336x1008. */
const SIZES = [[840, 504], [320, 240], [150, 450]];

onFastEngines("ixc24khd with uniform puts pictures of different sizes on one canvas", async (engine) => {
  const pictures = SIZES.map(([width, height], seed) => ({
    width,
    height,
    data: synthetic({ kind: "noise", w: width, h: height, seed: seed + 1 }),
  }));
  for (
    const [uniform, fit] of [
      ["first", "contain"],
      ["largest", "stretch"],
      [{ width: 672, height: 336 }, "contain"],
    ] as const
  ) {
    const recipe = ixc24khd({ hdNum: 6, uniform, fit, layout: "c h w -> 1 c h w" });
    const label = `uniform ${JSON.stringify(uniform)}, ${fit}`, dtype = fit === "contain" ? "f32" : "u8";
    const batch = await runVerified(engine, recipe, pictures, { dtype }, label);
    const { width, height } = batch.images[0].canvas;
    assertEquals(batch.pixelValues.shape, [3, 3, height, width], label);
    assertEquals(batch.outputs.global_values.shape, [3, 3, 336, 336], label);
  }
});

onEngines("ixc24khd with uniform gives the first picture as it would be alone", async (engine) => {
  const picture = { width: 320, height: 250, data: synthetic({ kind: "mix", w: 320, h: 250 }) };
  const alone = await engine.run(ixc24khd({ hdNum: 6 }), [picture]);
  const first = await engine.run(ixc24khd({ hdNum: 6, uniform: "first" }), [picture]);
  await assertSameTensor(first.pixelValues, alone.pixelValues);
});
