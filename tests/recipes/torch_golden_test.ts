import { assert } from "@std/assert";
import { planSample } from "../../src/recipes/plan_sample.ts";
import type { Filter } from "../../src/plan/tables/filters.ts";
import { valueTable } from "../../src/plan/tables/values.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { levelOf } from "../support/compare/level.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { type Execute, onExecutors } from "../support/executors.ts";
import { golden } from "../support/golden/golden.ts";
import { checkCalls } from "../support/golden/golden_calls.ts";
import { drawnPicture, type Synthetic } from "../support/pictures/synthetic.ts";
import { TORCH_LEVEL, TORCH_SHARE } from "../tolerance.ts";

/** A picture through a whole class of transformers that resizes by torchvision. */
interface Call {
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
  clip: (Call & { edge: number })[];
  clip_around: (Call & { edge: number; crop: [number, number] })[];
  qwen2_vl: Call[];
}

const { resize, clip, clip_around, qwen2_vl } = golden<Goldens>("torch_resize");

/** The calls of whole classes, and the configs that they were made with. */
const CONFIGURED: { call: Call; config: Record<string, unknown> }[] = [
  ...clip.map((call) => ({ call, config: clipConfig(call.edge, [call.edge, call.edge]) })),
  ...clip_around.map((call) => ({ call, config: clipConfig(call.edge, call.crop) })),
  ...qwen2_vl.map((call) => ({ call, config: onCuda("Qwen2VLImageProcessor") })),
];

function onCuda(type: string): Record<string, unknown> {
  return { image_processor_type: type, backend: "torchvision-cuda" };
}

function clipConfig(edge: number, [width, height]: [number, number]): Record<string, unknown> {
  return { ...onCuda("CLIPImageProcessor"), size: { shortest_edge: edge }, crop_size: { height, width } };
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

onExecutors("customRecipe resizes as torchvision does, within a level", async (execute, executor) => {
  let elements = 0, different = 0;
  await checkCalls(`torch_resize resize (${executor})`, resize, async ({ src, size, filter, bytes }) => {
    const [width, height] = size, picture = drawnPicture(src);
    const recipe = customRecipe({
      size: { width, height },
      filter,
      resampler: "torch-cuda",
      layout: "c h w -> 1 h w c",
    });
    const { pixel_values } = await execute(planSample(recipe, [picture], "u8"), [picture]);
    const expected = decoded(bytes), label = `${JSON.stringify(src)} to ${width}x${height}, ${filter}`;
    const allowed = () => filter === "nearest" ? 0 : TORCH_LEVEL;
    assertSameBytes(pixel_values, expected, { label, dtype: "u8", shape: [height, width, 3], allowed });
    elements += expected.length;
    different += expected.reduce((sum, byte, i) => sum + Number(byte !== pixel_values[i]), 0);
  });
  assert(different <= elements * TORCH_SHARE, `${different} of ${elements} differ`);
});

onExecutors("recipeFromConfig gives torchvision's values on a GPU", async (execute, executor) => {
  await checkCalls(
    `torch_resize classes (${executor})`,
    CONFIGURED,
    async ({ call: { src, values }, config }) => {
      const expected = new Float32Array(decoded(values).buffer), label = JSON.stringify(src);
      const [made, pillow] = [
        await madeOf(config, src, execute),
        await madeOf({ ...config, backend: "pil" }, src, execute),
      ];
      const level = levelOf(valueTable(recipeFromConfig(config).values));
      assertSameBytes(made, expected, { label, allowed: () => (TORCH_LEVEL + 0.5) * level });
      const furthest = pillow.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
      assert(furthest > (TORCH_LEVEL + 0.5) * level, `${label}: Pillow's values are as near as torch's`);
    },
  );
});

/** Returns the values that an executor makes of a picture. */
async function madeOf(
  config: Record<string, unknown>,
  src: Synthetic,
  execute: Execute,
): Promise<Float32Array> {
  const picture = drawnPicture(src);
  const { pixel_values } = await execute(planSample(recipeFromConfig(config), [picture]), [picture]);
  return new Float32Array(pixel_values.slice().buffer);
}
