import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { numberWords } from "../../../src/recipes/videos/number_words.ts";
import { integerData } from "../../../src/plan/integers.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { runVerified } from "../../support/compare/assert_verified.ts";
import { onEngines } from "../../support/executors.ts";
import { syntheticClip } from "../../support/pictures/synthetic_clip.ts";
import {
  CLIP_CALLS,
  CLIP_CALLS_REFUSED,
  CLIP_REFUSED,
  CLIP_TEXTS,
  TALL,
} from "../../support/recipes/clips_cases.ts";

for (const { type, detail, config, clip, size, tokens, placeholder } of CLIP_TEXTS) {
  Deno.test(`planSample gives the text of a clip as ${type}${detail ? `, ${detail}` : ""}`, () => {
    const recipe = recipeFromConfig({ video_processor_type: type, ...config });
    const frames = clip.indices.map(() => size);
    const { images: [image], clips } = planSample(recipe, frames, "f32", [frames.length], [clip]);
    assertEquals(image.placeholder, placeholder);
    assertEquals(image.tokens, tokens);
    assertEquals(clips, [clip]);
  });
}

for (const { type, config, frames, shapes, values } of CLIP_CALLS) {
  Deno.test(`planSample gives clips of ${frames.join(" and ")} frames together as ${type}`, () => {
    const recipe = recipeFromConfig({ video_processor_type: type, ...config });
    const pictures = Array.from({ length: frames[0] + frames[1] }, () => TALL);
    const plan = planSample(recipe, pictures, "f32", frames);
    const found = new Map<string, readonly number[]>();
    for (const [name, { as, shape }] of Object.entries(plan.outputs)) found.set(name, as ?? shape);
    for (const [name, { shape }] of Object.entries(plan.integers)) found.set(name, shape);
    for (const [name, shape] of Object.entries(shapes)) assertEquals(found.get(name), shape, name);
    assertEquals(found.has("padding_mask_videos"), "padding_mask_videos" in shapes);
    for (const [name, expected] of Object.entries(values)) {
      assertEquals([...integerData(plan.integers[name])].map(Number), expected, name);
    }
  });
}

for (const [type, configs] of Object.entries(CLIP_REFUSED)) {
  Deno.test(`recipeFromConfig refuses configs of clips that make no sense: ${type}`, () => {
    for (const [config, message] of configs) {
      const error = assertThrows(
        () => recipeFromConfig({ video_processor_type: type, ...config }),
        VitrailError,
      );
      assertEquals(error.code, "recipe");
      assertStringIncludes(error.message, message);
    }
  });
}

Deno.test("planSample refuses clips that a class cannot put into one tensor", () => {
  for (const [type, clips, message] of CLIP_CALLS_REFUSED) {
    const recipe = recipeFromConfig({ video_processor_type: type });
    const plan = () => planSample(recipe, clips.flat(), "f32", clips.map((frames) => frames.length));
    assertEquals(assertThrows(plan, VitrailError, message, type).code, "shape");
  }
});

Deno.test("planSample refuses masks that depend on pixels of another type than f32", () => {
  const recipe = recipeFromConfig({ video_processor_type: "VideoLlama3VideoProcessor" });
  const frames = [TALL, TALL], refused = () => planSample(recipe, frames, "f16", [2]);
  assertEquals(assertThrows(refused, VitrailError, "ask for f32").code, "usage");
  // The mask of a clip of one frame is known before.
  planSample(recipe, [TALL], "f16", [1]);
});

for (const type of ["PeVideoVideoProcessor", "SmolVLMVideoProcessor"]) {
  onEngines(`Engine.run fills the shorter of two clips up with frames of zeros: ${type}`, async (engine) => {
    const recipe = recipeFromConfig({ video_processor_type: type });
    const frames = syntheticClip({ kind: "noise", w: 56, h: 84, seed: 5, frames: 3 }),
      [short, long] = [frames.slice(0, 1), frames];
    const clips = await runVerified(engine, recipe, [short, long]);
    const alone = await runVerified(engine, recipe, [short]),
      whole = await runVerified(engine, recipe, [long]);
    const [name] = Object.keys(clips.outputs).filter((output) => output.startsWith("pixel_values"));
    const [found, one, all] = await Promise.all(
      [clips, alone, whole].map((batch) => batch.outputs[name].bytes()),
    );
    const expected = new Uint8Array(2 * all.length);
    expected.set(one);
    expected.set(all, all.length);
    const { dtype, shape } = clips.outputs[name];
    assertSameBytes(found, expected, { output: name, dtype, shape });
  });
}

onEngines("Engine.run gives ERNIE's clips the rows of their frames as pictures", async (engine) => {
  const size = { shortest_edge: 1, longest_edge: 1e8 }, kwargs = { size, draw_on_frames: false };
  const clips = recipeFromConfig({ video_processor_type: "Ernie4_5_VLMoeVideoProcessor", ...kwargs });
  const pictures = recipeFromConfig({ image_processor_type: "Ernie4_5_VLMoeImageProcessor", size });
  const frames = syntheticClip({ kind: "noise", w: 56, h: 84, seed: 6, frames: 4 });
  const clip = await runVerified(engine, clips, [frames]), flat = await runVerified(engine, pictures, frames);
  const { pixel_values_videos: found } = clip.outputs, { pixel_values: expected } = flat.outputs;
  const seen = { output: "pixel_values_videos", dtype: found.dtype, shape: found.shape };
  assertSameBytes(await found.bytes(), await expected.bytes(), seen);
});

Deno.test("numberWords writes counts in English", () => {
  const cases: [number, string][] = [
    [0, "zero"],
    [13, "thirteen"],
    [20, "twenty"],
    [64, "sixty-four"],
    [100, "one hundred"],
    [101, "one hundred and one"],
    [999, "nine hundred and ninety-nine"],
    [1001, "one thousand and one"],
    [2400, "two thousand, four hundred"],
    [12345, "twelve thousand, three hundred and forty-five"],
  ];
  for (const [count, words] of cases) assertEquals(numberWords(count), words);
});
