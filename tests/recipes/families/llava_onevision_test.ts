import { assertEquals } from "@std/assert";
import type { RawPixels } from "../../../src/codecs/picture.ts";
import type { Call } from "../../../src/engine/call.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { runVerified } from "../../support/compare/assert_verified.ts";
import { onEngines } from "../../support/executors.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";

/** Tiles of 28, two by two of them where a picture is alone. */
const CONFIG = {
  image_processor_type: "LlavaOnevisionImageProcessor",
  size: { height: 28, width: 28 },
  image_grid_pinpoints: [[28, 28], [56, 56]],
  num_image_tokens: 4,
};
const TILE = 3 * 28 * 28;

const A = noise(200, 120, 21), B = noise(70, 150, 22), C = noise(90, 91, 23);

/**
 * Returns what the simplest class makes of each picture: one tile, padded to a square of the mean's colour
 * first where asked.
 */
async function tilesOf(engine: Engine, pictures: RawPixels[], squares: boolean): Promise<number[]> {
  const recipe = recipeFromConfig({
    image_processor_type: "LlavaImageProcessor",
    size: CONFIG.size,
    do_center_crop: false,
    do_pad: squares,
  });
  const { pixelValues } = await engine.run(recipe, pictures);
  return [...await pixelValues.data() as Float32Array];
}

async function made(engine: Engine, call: Call, fields: Record<string, unknown> = {}) {
  const batch = await runVerified(engine, recipeFromConfig({ ...CONFIG, ...fields }), call);
  const values = [...await batch.pixelValues.data() as Float32Array];
  const integers: Record<string, unknown> = {};
  for (const [name, tensor] of Object.entries(batch.outputs)) {
    if (tensor.dtype === "i64") integers[name] = [...await tensor.data() as BigInt64Array].map(Number);
  }
  return { ...batch, images: batch.images, tensor: batch.pixelValues, values, integers };
}

onEngines("llavaOnevision pads pictures that share a sample, and tiles one alone", async (engine) => {
  const flat = await made(engine, [A, B, C]);
  assertEquals(flat.tensor.shape, [3, 5, 3, 28, 28]);
  assertEquals(flat.integers, {
    image_sizes: [120, 200, 150, 70, 91, 90],
    batch_num_images: [1, 1, 1],
  });
  const nested = await made(engine, [[A], [B, C]]);
  assertEquals(nested.tensor.shape, [3, 5, 3, 28, 28]);
  assertEquals(nested.integers, { image_sizes: [120, 200, 150, 70, 91, 90], batch_num_images: [1, 2] });
  assertEquals(nested.values.slice(0, 5 * TILE), flat.values.slice(0, 5 * TILE));
  const squares = await tilesOf(engine, [B, C], true), zeros = Array<number>(4 * TILE).fill(0);
  assertEquals(nested.values.slice(5 * TILE), [
    ...[...squares.slice(0, TILE), ...zeros],
    ...[...squares.slice(TILE), ...zeros],
  ]);
  // A has 4 × 2 of 4 × 4 features; one that shares its sample has its four and a newline.
  assertEquals(nested.images.map(({ tokens }) => tokens), [8 + 2 + 4, 5, 5]);
  const dropped = await made(engine, [[A], [B, C]], { vision_feature_select_strategy: "default" });
  assertEquals(dropped.images.map(({ placeholder }) => placeholder!.length / "<image>".length), [13, 4, 4]);
});

onEngines("llavaOnevision without padding stacks samples of one kind alone", async (engine) => {
  const mixed = await made(engine, [[A], [B, C]], { do_pad: false });
  assertEquals([mixed.tensor.shape, mixed.tensor.lists], [[7, 3, 28, 28], [5, 1, 1]]);
  const alike = await made(engine, [[A, B, C]], { do_pad: false });
  assertEquals([alike.tensor.shape, alike.tensor.lists], [[3, 1, 3, 28, 28], undefined]);
});

onEngines("llavaOnevision takes each sample's pictures for the frames of a clip", async (engine) => {
  const frames = [1, 2, 3, 4].map((seed) => noise(90, 50, seed));
  const clips = await made(engine, [frames.slice(0, 2), frames.slice(2)], { video: true });
  assertEquals(clips.tensor.name, "pixel_values_videos");
  assertEquals(clips.tensor.shape, [2, 2, 3, 28, 28]);
  assertEquals(clips.integers, {});
  assertEquals(clips.values, await tilesOf(engine, frames, false));
  assertEquals(clips.images.map(({ rows }) => rows), [[0, 2], [2, 4]]);
  // A frame's 2 × 2 features are pooled to one, and a clip has one newline.
  assertEquals(clips.images.map(({ placeholder }) => placeholder), [
    "<video>".repeat(3),
    "<video>".repeat(3),
  ]);
  const flat = await made(engine, frames, { video: true });
  assertEquals(flat.tensor.shape, [1, 4, 3, 28, 28]);
  assertEquals(flat.values, clips.values);
  const uneven = await made(engine, [frames.slice(0, 1), frames.slice(1)], { video: true });
  assertEquals([uneven.tensor.shape, uneven.tensor.lists], [[4, 3, 28, 28], [1, 3]]);
  assertEquals(uneven.values, clips.values);
});

Deno.test("llavaOnevision has no token count without num_image_tokens", () => {
  const { num_image_tokens: _, ...config } = CONFIG;
  for (const video of [false, true]) {
    const { images: [{ tokens, placeholder }] } = planSample(recipeFromConfig({ ...config, video }), [A]);
    assertEquals([tokens, placeholder], [undefined, undefined]);
  }
});

function noise(width: number, height: number, seed: number): RawPixels {
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed }) };
}
