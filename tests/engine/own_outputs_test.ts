import { assertEquals } from "@std/assert";
import { tilesOf } from "../../src/plan/tile_places.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { runVerified } from "../support/compare/assert_verified.ts";
import { onEngines } from "../support/executors.ts";
import { synthetic } from "../support/pictures/synthetic.ts";

const { fround } = Math;

const A = noise(90, 70, 3), B = noise(50, 64, 4);

/** Two outputs of a recipe, and what a byte of each channel becomes in the second. */
const CASES = [
  {
    config: {
      image_processor_type: "FlavaImageProcessor",
      return_codebook_pixels: true,
      codebook_size: 40,
      codebook_crop_size: 40,
      codebook_image_std: [1, 0.5, 2],
    },
    output: "codebook_pixel_values",
    value: (byte: number, channel: number) => {
      const std = [1, 0.5, 2][channel];
      return fround(fround(fround(fround(byte * (1 / 255)) / std) * fround(0.8)) + fround(0.1));
    },
  },
  {
    config: {
      image_processor_type: "DeepseekVLHybridImageProcessor",
      size: 20,
      high_res_size: 40,
      image_mean: [0.1, 0.2, 0.3],
      high_res_image_mean: [0.5, 0.25, 0],
    },
    output: "high_res_pixel_values",
    value: (byte: number, channel: number) => {
      const mean = fround([0.5, 0.25, 0][channel]), std = [0.26862954, 0.26130258, 0.27577711][channel];
      return fround(fround(fround(byte * (1 / 255)) - mean) / fround(std));
    },
  },
];

for (const { config, output, value } of CASES) {
  onEngines(`Engine.run gives an output values of its own: ${output}`, async (engine) => {
    const recipe = recipeFromConfig(config, { backend: "pil" });
    const bytes = await (await engine.run(recipe, [A, B], { dtype: "u8" })).outputs[output].data();
    const batch = await runVerified(engine, recipe, [A, B], {}, output);
    const found = await batch.outputs[output].data() as Float32Array;
    const plane = 40 * 40, shape = [2, 3, 40, 40];
    const expected = Float32Array.from(found, (_, i) => value(Number(bytes[i]), Math.floor(i / plane) % 3));
    assertEquals(batch.outputs[output].shape, shape);
    assertSameBytes(found, expected, { label: "two pictures", output, shape });
  });
}

onEngines("Engine.run returns pictures of different sizes apart where Python does", async (engine) => {
  const recipe = recipeFromConfig({ image_processor_type: "CHMv2ImageProcessor" });
  const together = await runVerified(engine, recipe, [A, B], {}, "apart");
  assertEquals(together.pixelValues.shapes, [[3, 80, 96], [3, 64, 64]]);
  assertEquals(together.pixelValues.lists, [3 * 80 * 96, 3 * 64 * 64]);
  const values = await together.pixelValues.data() as Float32Array;
  let from = 0;
  for (const [index, picture] of [A, B].entries()) {
    const [tile, ...others] = tilesOf(together.plan, index);
    assertEquals([tile.row, tile.picture, tile.box.right, others.length], [index, index, [96, 64][index], 0]);
    const alone = await engine.run(recipe, [picture]);
    const expected = await alone.pixelValues.data() as Float32Array;
    const shape = alone.pixelValues.shape;
    assertEquals(shape, [1, ...together.pixelValues.shapes![index]]);
    const own = values.slice(from, from += expected.length);
    assertSameBytes(own, expected, { label: `picture ${index}`, output: "pixel_values", shape });
  }
  assertEquals(from, values.length);
});

function noise(width: number, height: number, seed: number) {
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed }) };
}
