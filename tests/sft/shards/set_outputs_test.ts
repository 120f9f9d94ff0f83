import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { assertSameTensor } from "../../support/compare/assert_same.ts";
import { drawnPicture } from "../../support/pictures/synthetic.ts";
import { madeSet } from "../../support/sft/golden_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";

const WIDE = { kind: "mix", w: 96, h: 32 }, TALL = { kind: "noise", w: 40, h: 64, seed: 2 };

/** Classes of whose rows bytes lose something, with pictures that show it, and the reason. */
const LOSSES: readonly (readonly [config: Record<string, unknown>, reason: RegExp])[] = [
  [
    { image_processor_type: "CHMv2ImageProcessor" },
    /its rows "c h w -> \(c h w\)" have no axis of channels$/,
  ],
  [{ image_processor_type: "Pix2StructImageProcessor" }, /its values depend on all of its pixels$/],
  [{ image_processor_type: "DINOv3ViTImageProcessor" }, /its canvas is resampled in floats$/],
];

Deno.test("SetOutputs take f32 where bytes lose something, say why, and refuse u8", async () => {
  await using engine = await Engine.open({ executor: "simd" });
  for (const [config, reason] of LOSSES) {
    await inFolder(async (folder) => {
      const recipes = { pictures: recipeFromConfig(config) }, samples = [{ pictures: [WIDE, TALL] }];
      const { plan: { layout } } = await madeSet(engine, folder, recipes, samples);
      assertEquals(layout.dtype, "f32");
      assertMatch(layout.why!, reason);
      assertMatch(layout.why!, /^sample 1 of .*data.json \(id 0, line 2\): /);
    });
    await inFolder((folder) =>
      assertRejects(
        () =>
          madeSet(engine, folder, { pictures: recipeFromConfig(config) }, [{ pictures: [WIDE, TALL] }], "u8"),
        VitrailError,
        "--dtype u8 would lose something: sample 1 of ",
      ).then(() => {})
    );
  }
});

Deno.test("SetOutputs keep the type that is asked for", async () => {
  await using engine = await Engine.open({ executor: "simd" });
  const pictures = recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" });
  for (const dtype of ["f16", "bf16", "f32", "u8"] as const) {
    await inFolder(async (folder) => {
      const samples = [{ pictures: [WIDE] }, { pictures: [TALL, WIDE] }];
      const made = await madeSet(engine, folder, { pictures }, samples, dtype);
      assertEquals(made.plan.layout.dtype, dtype);
      const { pixel_values: tensor, image_grid_thw } = made.samples[1].outputs;
      assertEquals([tensor.dtype, image_grid_thw.dtype], [dtype === "u8" ? "f32" : dtype, "i64"]);
    });
  }
});

Deno.test("SetOutputs take bytes of canvases with a value around their contents", async () => {
  await using engine = await Engine.open({ executor: "simd" });
  const pictures = recipeFromConfig({ image_processor_type: "PixtralImageProcessor" });
  await inFolder(async (folder) => {
    const samples = [{ pictures: [TALL] }, { pictures: [] }, { pictures: [WIDE, TALL] }, {
      pictures: [WIDE],
    }];
    const made = await madeSet(engine, folder, { pictures }, samples);
    const { dtype, outputs: { pixel_values } } = made.plan.layout;
    const fill = [0, 0, 0];
    assertEquals([dtype, pixel_values.kind === "rows" && pixel_values.fill], ["u8", fill]);
    for (const [index, { outputs }] of made.samples.entries()) {
      const drawn = samples[index].pictures.map(drawnPicture);
      if (drawn.length === 0) continue;
      using batch = await engine.run(pictures, drawn);
      for (const [name, tensor] of Object.entries(batch.outputs)) {
        await assertSameTensor(outputs[name], tensor);
      }
    }
  });
});
