import { assert, assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { runVerified } from "../support/compare/assert_verified.ts";
import { onFastEngines } from "../support/executors.ts";
import { synthetic } from "../support/pictures/synthetic.ts";

function picture(width: number, height: number, seed: number) {
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed }) };
}

/**
 * Classes that read a picture, a canvas of it, and tiles of that; the last by a budget that keeps its tiles
 * few.
 */
const CONFIGS = [
  { image_processor_type: "Qwen2VLImageProcessor", backend: "torchvision-cuda" },
  { image_processor_type: "LlavaNextImageProcessor", backend: "torchvision-cuda" },
  {
    image_processor_type: "Idefics3ImageProcessor",
    backend: "torchvision-cuda",
    size: { longest_edge: 728 },
  },
];

for (const config of CONFIGS) {
  const type = config.image_processor_type;
  onFastEngines(`Engine.run gives the reference's bits where it sums floats: ${type}`, async (engine) => {
    const pictures = [picture(320, 240, 1), picture(151, 389, 2)];
    for (const dtype of ["f32", "u8"] as const) {
      await runVerified(engine, recipeFromConfig(config), pictures, { dtype }, dtype);
    }
  });
}

onFastEngines("Engine.run gives the reference's bits where it sums floats, over blocks", async (engine) => {
  const clip = recipeFromConfig({ image_processor_type: "CLIPImageProcessor" }, {
    backend: "torchvision-cuda",
  });
  await runVerified(engine, clip, [picture(20_000, 120, 3), picture(320, 240, 1)]);
});

onFastEngines("Engine.run gives the reference's bits of a global view of such a canvas", async (engine) => {
  const recipe = { ...ixc24khd({ hdNum: 6 }), resampler: "torch-cuda" as const };
  for (const dtype of ["f32", "f16", "bf16", "u8"] as const) {
    await runVerified(engine, recipe, [picture(500, 300, 4)], { dtype }, dtype);
  }
});

Deno.test("recipeFromConfig takes Lanczos for bicubic before torchvision 0.27, and no box or hamming", () => {
  const config = { image_processor_type: "CLIPImageProcessor", resample: 1 };
  const taken = (changes: Record<string, string>) => {
    const [view] = planSample(recipeFromConfig(config, changes), [{ width: 60, height: 40 }]).views;
    assert(view.kind === "canvas");
    return [view.placements[0].filter, view.placements[0].resampler];
  };
  assertEquals(taken({}), ["bicubic", "torch-cpu"]);
  assertEquals(taken({ torchvision: "0.27" }), ["lanczos", "torch-cpu"]);
  assertEquals(taken({ backend: "torchvision-cuda", torchvision: "0.27" }), ["bicubic", "torch-cuda"]);
  assertEquals(taken({ backend: "pil" }), ["lanczos", "pillow"]);
  const box = { ...config, resample: 4 };
  const refusals = [
    [
      () => recipeFromConfig(box),
      "resample is the number of one of nearest, bilinear, bicubic, lanczos with",
    ],
    [
      () => customRecipe({ size: 8, filter: "lanczos", resampler: "torch-cuda" }),
      "filter is one of nearest, bilinear, bicubic with resampler torch-cuda",
    ],
    [
      () => customRecipe({ size: 8, resampler: "torch" }),
      'resampler is one of pillow, torch-cpu, torch-cuda, found "torch"',
    ],
  ] as const;
  for (const [make, message] of refusals) {
    const error = assertThrows(make, VitrailError, message);
    assertEquals(error.code, "recipe");
  }
  assertEquals(recipeFromConfig(box, { backend: "pil" }).resampler, "pillow");
});
