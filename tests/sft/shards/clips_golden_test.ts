import { assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { golden } from "../../support/golden/golden.ts";
import { EVERY_CALL } from "../../support/golden/golden_calls.ts";
import { type Output, processorSuites } from "../../support/golden/processor_suites.ts";
import { assertPythonTensor } from "../../support/golden/python_tensor.ts";
import type { SyntheticClip } from "../../support/pictures/synthetic_clip.ts";
import { madeSet } from "../../support/sft/golden_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** The clips of one class, as transformers 5.17 gave them. */
interface Suite {
  class: string;
  records: { clip: SyntheticClip; outputs?: Record<string, Output>; error?: string }[];
}

/** The outputs that are no tensors: what Python was told of the clip, handed back. */
const NO_TENSORS = ["video_metadata"];

const suites = golden<{ results: Suite[] }>("tf517/videos").results;

/** The classes whose sets are made in every run. */
const CLASSES = ["Gemma4VideoProcessor", "PeVideoVideoProcessor"];

for (const { class: video_processor_type, records } of suites) {
  if (!EVERY_CALL && !CLASSES.includes(video_processor_type)) continue;
  const good = records.filter(({ error, clip }) => error === undefined && (EVERY_CALL || clip.frames === 1));
  if (good.length === 0) continue;
  Deno.test(`readOutputs gives Python's outputs of each clip of a set: ${video_processor_type}`, () =>
    inFolder(async (folder) => {
      await using engine = await Engine.open({ executor: "simd", memory: 2 ** 31 });
      const clips = recipeFromConfig({ video_processor_type });
      const samples = good.map(({ clip }) => ({ pictures: [], clips: [clip] }));
      const made = await madeSet(engine, folder, { clips }, samples);
      for (const [index, { outputs }] of made.samples.entries()) {
        const { outputs: expected, clip } = good[index], names = Object.keys(expected!);
        const label = `${video_processor_type} ${JSON.stringify(clip)}`;
        assertEquals(Object.keys(outputs).sort(), names.filter((name) => !NO_TENSORS.includes(name)).sort());
        for (const [name, tensor] of Object.entries(outputs)) {
          await assertPythonTensor(tensor, expected![name], `${label}: ${name}`);
        }
      }
    }));
}

Deno.test("planOfSample refuses a sample of pictures and clips where both are one output", () =>
  inFolder(async (folder) => {
    await using engine = await Engine.open({ executor: "simd" });
    const recipes = {
      pictures: recipeFromConfig({ image_processor_type: "SmolVLMImageProcessor" }),
      clips: recipeFromConfig({ video_processor_type: "SmolVLMVideoProcessor" }),
    };
    const clip = { kind: "mix", w: 60, h: 50, frames: 2 }, picture = { kind: "mix", w: 60, h: 50 };
    await assertRejects(
      () => madeSet(engine, folder, recipes, [{ pictures: [picture], clips: [clip] }]),
      VitrailError,
      "it has pictures and clips, and smolvlm has one output for both, pixel_values: transformers' " +
        "processor leaves the clips out then; give them in samples of their own",
    );
  }));

Deno.test("readOutputs gives what two processors give for a sample of pictures and a clip", () =>
  inFolder(async (folder) => {
    await using engine = await Engine.open({ executor: "simd" });
    const image_processor_type = "Qwen2VLImageProcessor", video_processor_type = "Qwen2VLVideoProcessor";
    const { calls } = processorSuites().find((suite) => suite.class === image_processor_type)!;
    const [call] = calls.filter(({ srcs }) => srcs.length > 1);
    const { records } = suites.find((suite) => suite.class === video_processor_type)!;
    const record = records.at(-1)!; // the smallest
    const recipes = {
      pictures: recipeFromConfig({ image_processor_type }),
      clips: recipeFromConfig({ video_processor_type }),
    };
    const both = { pictures: call.srcs, clips: [record.clip] };
    const { samples } = await madeSet(engine, folder, recipes, [{ pictures: [] }, both, both]);
    const expected = { ...call.outputs, ...record.outputs };
    assertEquals(samples[0].outputs, {});
    for (const { outputs, pictures } of samples.slice(1)) {
      assertEquals(pictures.map(({ index }) => index), [...call.srcs, record.clip].map((_, index) => index));
      assertEquals(Object.keys(outputs).sort(), Object.keys(expected).sort());
      for (const [name, tensor] of Object.entries(outputs)) {
        await assertPythonTensor(tensor, expected[name], name);
      }
    }
  }));
