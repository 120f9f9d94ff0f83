import { assert, assertEquals } from "@std/assert";
import { valueTable } from "../../src/plan/values.ts";
import { planSample } from "../../src/plan/plan.ts";
import { recipeFromConfig } from "../../src/recipes/processors/config.ts";
import { onBackends, onEngines } from "../support/backends.ts";
import { golden } from "../support/golden.ts";
import { type Synthetic, synthetic, syntheticPicture } from "../support/synthetic.ts";
import { TORCH_LEVEL } from "../tolerance.ts";

interface Case {
  src: Synthetic;
  /** Base64 of f32. */
  values: string;
}

const { clip, qwen2_vl } = golden<{ clip: (Case & { edge: number })[]; qwen2_vl: Case[] }>("torch_resize");

/** Levels of bytes by which values differ at most: both sides are values of a table. */
function levels(found: Float32Array, expected: Float32Array, table: Float32Array): number {
  assertEquals(found.length, expected.length);
  let step = Infinity, most = 0;
  for (let i = 1; i < table.length; i++) {
    if (i % 256) step = Math.min(step, Math.abs(table[i] - table[i - 1]));
  }
  for (let i = 0; i < found.length; i++) most = Math.max(most, Math.abs(found[i] - expected[i]));
  return Math.round(most / step);
}

function f32(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer);
}

onBackends("torch: a Fast config gives what torchvision gives, within a level", async (execute) => {
  const cases = [
    ...clip.map((record) => ({
      record,
      config: {
        image_processor_type: "CLIPImageProcessorFast",
        size: { shortest_edge: record.edge },
        crop_size: { height: record.edge, width: record.edge },
      },
    })),
    ...qwen2_vl.map((record) => ({ record, config: { image_processor_type: "Qwen2VLImageProcessorFast" } })),
  ];
  for (const { record, config } of cases) {
    const recipe = recipeFromConfig(config), picture = syntheticPicture(record.src);
    const { pixel_values } = await execute(planSample(recipe, [picture]), [picture]);
    const found = new Float32Array(pixel_values.slice().buffer), expected = f32(record.values);
    const most = levels(found, expected, valueTable(recipe.values));
    assert(most <= TORCH_LEVEL, `${JSON.stringify(record.src)}: ${most} levels`);

    const pillow = recipeFromConfig(config, { arithmetic: "pillow" });
    const other = await execute(planSample(pillow, [picture]), [picture]);
    const wrong = levels(
      new Float32Array(other.pixel_values.slice().buffer),
      expected,
      valueTable(recipe.values),
    );
    assert(
      wrong > TORCH_LEVEL,
      `${JSON.stringify(record.src)}: Pillow's arithmetic differs by ${wrong} levels`,
    );
  }
});

onEngines(
  "torch: executors agree within a level, over blocks, turns and canvases of canvases",
  async (engine) => {
    const picture = (w: number, h: number, seed: number) => {
      return { width: w, height: h, data: synthetic({ kind: "noise", w, h, seed }) };
    };
    const pictures = [picture(640, 480, 1), picture(301, 777, 2), picture(20000, 120, 3)];
    for (
      const type of ["Qwen2VLImageProcessorFast", "LlavaNextImageProcessorFast", "Idefics3ImageProcessorFast"]
    ) {
      const recipe = recipeFromConfig({ image_processor_type: type });
      for (const dtype of ["f32", "u8"] as const) {
        const { verification } = await engine.run(recipe, pictures.slice(0, 2), { dtype, verify: true });
        assertEquals(verification!.mismatches, 0, `${type} ${dtype}: ${JSON.stringify(verification)}`);
        assert(
          verification!.inexact <= verification!.elements / 1000,
          `${type}: ${verification!.inexact} differ`,
        );
      }
    }
    const clip = recipeFromConfig({ image_processor_type: "CLIPImageProcessorFast" });
    const { verification } = await engine.run(clip, pictures, { verify: true });
    assertEquals(verification!.mismatches, 0);
  },
);
