import { allowancesOf } from "../../src/engine/verify/allowance.ts";
import { VitrailError } from "../../src/errors.ts";
import { PIXELS } from "../../src/plan/plan.ts";
import type { Filter } from "../../src/plan/tables/filters.ts";
import { valueTable } from "../../src/plan/tables/values.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { onEngines, onExecutors } from "../support/executors.ts";
import { golden } from "../support/golden/golden.ts";
import { type Synthetic, synthetic, syntheticPicture } from "../support/pictures/synthetic.ts";
import { TORCH_LEVEL, TORCH_SHARE } from "../tolerance.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

interface Case {
  src: Synthetic;
  /** Base64 of f32. */
  values: string;
}

interface Resize {
  src: Synthetic;
  size: [number, number];
  filter: Filter;
  /** Base64 of `[height, width, 3]`. */
  bytes: string;
}

interface Goldens {
  resize: Resize[];
  clip: (Case & { edge: number })[];
  clip_around: (Case & { edge: number; crop: [number, number] })[];
  qwen2_vl: Case[];
}

const { resize, clip, clip_around, qwen2_vl } = golden<Goldens>("torch_resize");

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

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function f32(base64: string): Float32Array {
  return new Float32Array(decoded(base64).buffer);
}

onExecutors("customRecipe resizes as torchvision does, within a level", async (execute) => {
  let bytesInAll = 0, different = 0;
  for (const { src, size: [width, height], filter, bytes } of resize) {
    const recipe = customRecipe({
      size: { width, height },
      filter,
      resampler: "torch",
      layout: "c h w -> 1 h w c",
    });
    const picture = syntheticPicture(src);
    const { pixel_values } = await execute(planSample(recipe, [picture], "u8"), [picture]);
    const expected = decoded(bytes), label = `${JSON.stringify(src)} to ${width}x${height}, ${filter}`;
    assertEquals(pixel_values.length, expected.length, label);
    const most = expected.reduce((most, byte, i) => Math.max(most, Math.abs(byte - pixel_values[i])), 0);
    assert(most <= (filter === "nearest" ? 0 : TORCH_LEVEL), `${label}: ${most} levels`);
    bytesInAll += expected.length;
    different += expected.reduce((sum, byte, i) => sum + Number(byte !== pixel_values[i]), 0);
  }
  assert(different <= bytesInAll * TORCH_SHARE, `${different} of ${bytesInAll} differ`);
});

onExecutors(
  "recipeFromConfig gives torchvision's values of a Fast config, within a level",
  async (execute) => {
    const cases = [
      ...clip.map((record) => ({
        record,
        config: {
          image_processor_type: "CLIPImageProcessorFast",
          size: { shortest_edge: record.edge },
          crop_size: { height: record.edge, width: record.edge },
        },
      })),
      ...clip_around.map((record) => ({
        record,
        config: {
          image_processor_type: "CLIPImageProcessorFast",
          size: { shortest_edge: record.edge },
          crop_size: { height: record.crop[1], width: record.crop[0] },
        },
      })),
      ...qwen2_vl.map((record) => ({
        record,
        config: { image_processor_type: "Qwen2VLImageProcessorFast" },
      })),
    ];
    for (const { record, config } of cases) {
      const recipe = recipeFromConfig(config), picture = syntheticPicture(record.src);
      const { pixel_values } = await execute(planSample(recipe, [picture]), [picture]);
      const found = new Float32Array(pixel_values.slice().buffer), expected = f32(record.values);
      const most = levels(found, expected, valueTable(recipe.values));
      assert(most <= TORCH_LEVEL, `${JSON.stringify(record.src)}: ${most} levels`);

      const pillow = recipeFromConfig(config, { resampler: "pillow" });
      const other = await execute(planSample(pillow, [picture]), [picture]);
      const wrong = levels(
        new Float32Array(other.pixel_values.slice().buffer),
        expected,
        valueTable(recipe.values),
      );
      assert(
        wrong > TORCH_LEVEL,
        `${JSON.stringify(record.src)}: Pillow's resampler differs by ${wrong} levels`,
      );
    }
  },
);

onEngines("Engine.run is within a level of the reference's floats, whatever is cut", async (engine) => {
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
        verification!.inexact <= verification!.elements * TORCH_SHARE,
        `${type}: ${verification!.inexact} differ`,
      );
    }
  }
  const clip = recipeFromConfig({ image_processor_type: "CLIPImageProcessorFast" });
  const { verification } = await engine.run(clip, pictures, { verify: true });
  assertEquals(verification!.mismatches, 0);
});

onEngines("allowancesOf allows a global view of floats what it needs", async (engine) => {
  const recipe = { ...ixc24khd({ hdNum: 6 }), resampler: "torch" as const };
  const allowed = allowancesOf(planSample(recipe, [{ width: 500, height: 300 }]), 0);
  const [global, tile] = [allowed(PIXELS, 0), allowed(PIXELS, 1)];
  assert(tile > 1 / 255 && global > 1.9 * tile, "a level of a tile may become two of a global view");
  const data = synthetic({ kind: "noise", w: 500, h: 300, seed: 4 });
  for (const dtype of ["f32", "f16", "bf16", "u8"] as const) {
    const picture = { width: 500, height: 300, data };
    const { verification } = await engine.run(recipe, [picture], { dtype, verify: true });
    assertEquals(verification!.mismatches, 0, `${dtype}: ${JSON.stringify(verification)}`);
  }
});

Deno.test("recipeFromConfig takes Lanczos for bicubic with torch, as torchvision does, and no box or hamming", () => {
  const config = { image_processor_type: "CLIPImageProcessorFast", resample: 1 };
  const [view] = planSample(recipeFromConfig(config), [{ width: 60, height: 40 }]).views;
  assert(view.kind === "canvas");
  assertEquals([view.placements[0].filter, view.placements[0].resampler], ["bicubic", "torch"]);
  const refusals = [
    [() => recipeFromConfig({ ...config, resample: 4 }), "resample is 0, 1, 2 or 3 with resampler torch"],
    [() => recipeFromConfig(config, { resampler: "numpy" }), "resampler is one of pillow, torch"],
    [
      () => customRecipe({ size: 8, filter: "lanczos", resampler: "torch" }),
      "filter is one of nearest, bilinear, bicubic with resampler torch",
    ],
  ] as const;
  for (const [make, message] of refusals) {
    const error = assertThrows(make, VitrailError, message);
    assertEquals(error.code, "recipe");
  }
  assertEquals(recipeFromConfig({ ...config, resample: 4 }, { resampler: "pillow" }).resampler, "pillow");
  assertEquals(
    recipeFromConfig({ ...config, image_processor_type: "CLIPImageProcessor" }).resampler,
    "pillow",
  );
});
