import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { planConversation } from "../../../src/engine/conversation/plan_conversation.ts";
import { VitrailError } from "../../../src/errors.ts";
import { decidedPlan } from "../../../src/plan/images/decided_plan.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import type { ProcessorRecipe } from "../../../src/recipes/recipe.ts";
import type { PictureFile } from "../../../src/sft/data/picture_files.ts";
import { planOfSample } from "../../../src/sft/set/sample_plan.ts";
import { readPacks } from "../../../src/sft/shards/read_packs.ts";
import { readShard } from "../../../src/sft/shards/read_shard.ts";
import { tokenizerOf } from "../../../src/text/tokenizer_file.ts";
import { python, withPython } from "../../support/python.ts";
import { writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { MODEL, TEMPLATE } from "../../support/sft/model_files.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { vitrail } from "../../support/vitrail.ts";

const FRAME = { width: 64, height: 48 };

Deno.test("planOfSample takes each clip's own times, and the set's rate where a clip has none", async () => {
  const clips = recipeFromConfig({ video_processor_type: "Qwen3VLVideoProcessor" }, {});
  const files = Array.from({ length: 16 }, (_, at) => ({ path: `${at}`, name: `${at}`, size: FRAME }));
  const times = [{ fps: 4, start: 10 }, null, { start: 3.25 }, { fps: 0.1, start: 14 }];
  const { images } = await planOfSample({ recipes: { clips, fps: 1 }, dtype: "auto" }, {
    conversations: [],
    images: files.map(({ name }) => name),
    clips: [[0, 4], [4, 8], [8, 12], [12, 16]],
    clipTimes: times,
  }, files as unknown as PictureFile[]);
  // Two frames are one step of time; the text gives the mean of their seconds.
  const seconds = images.map(({ placeholder }) => placeholder!.match(/[\d.]+(?= seconds)/g));
  assertEquals(seconds, [["10.1", "10.6"], ["0.5", "2.5"], ["3.8", "5.8"], ["19.0", "39.0"]]);
});

Deno.test("planOfSample refuses the second at which a clip begins where nobody says its rate", async () => {
  const clips = recipeFromConfig({ video_processor_type: "Qwen3VLVideoProcessor" }, {});
  const files = Array.from({ length: 2 }, (_, at) => ({ path: `${at}`, name: `${at}`, size: FRAME }));
  const sample = {
    conversations: [],
    images: ["0", "1"],
    clips: [[0, 2] as const],
    clipTimes: [{ start: 3 }],
  };
  const error = await assertRejects(
    () => planOfSample({ recipes: { clips }, dtype: "auto" }, sample, files as unknown as PictureFile[]),
    VitrailError,
    "a clip of 2 frames whose video_start is 3, and no rate says",
  );
  assertEquals(error.code, "dataset");
});

Deno.test("planOfSample stores clips as asked for, whose f32 values decided their tokens", async () => {
  const size = { shortest_edge: 28 * 28, longest_edge: 2 ** 20 };
  const clips = recipeFromConfig({ video_processor_type: "VideoLlama3VideoProcessor", size });
  const files = ["0", "1"].map((name) => ({ path: name, name, size: { width: 56, height: 28 } }));
  const sample = { conversations: [], images: ["0", "1"], clips: [[0, 2] as const] };
  const { outputs, units, images } = await planOfSample(
    {
      recipes: { clips },
      dtype: "f16",
      decide: (plan) => {
        assertEquals(plan.outputs.pixel_values_videos.dtype, "f32");
        return Promise.resolve(decidedPlan(plan, { video_compression_mask: [1, 1, 0, 1] }));
      },
    },
    sample,
    files as unknown as PictureFile[],
  );
  assertEquals(outputs.pixel_values_videos.dtype, "f16");
  assertEquals(units.map(({ kinds }) => kinds.pixel_values_videos.dtype), ["f16"]);
  assertEquals(images.map(({ tokens }) => tokens), [3]);

  const one = { conversations: [], images: ["0"], clips: [[0, 1] as const] }; // whose tokens are all kept
  const plan = await planOfSample(
    { recipes: { clips }, dtype: "f16" },
    one,
    files as unknown as PictureFile[],
  );
  assertEquals(plan.outputs.pixel_values_videos.dtype, "f16");
});

Deno.test("planOfSample refuses a clip whose tokens pixels decide where nothing reads them", async () => {
  const clips = recipeFromConfig({ video_processor_type: "VideoLlama3VideoProcessor" });
  const files = ["0", "1"].map((name) => ({ path: name, name, size: { width: 56, height: 28 } }));
  const sample = { conversations: [], images: ["0", "1"], clips: [[0, 2] as const] };
  const error = await assertRejects(
    () => planOfSample({ recipes: { clips }, dtype: "f32" }, sample, files as unknown as PictureFile[]),
    VitrailError,
    "pixels decide video_compression_mask of video_llama_3, and with it how many tokens a sample has",
  );
  assertEquals(error.code, "recipe");
});

Deno.test("planOfSample plans a clip once that nothing decides, whatever it is stored as", async () => {
  const recipe = recipeFromConfig({ video_processor_type: "Qwen3VLVideoProcessor" }) as ProcessorRecipe;
  let planned = 0;
  const clips: ProcessorRecipe = {
    ...recipe,
    compose(composer) {
      planned++;
      return recipe.compose(composer);
    },
  };
  const files = ["0", "1"].map((name) => ({ path: name, name, size: FRAME })) as unknown as PictureFile[];
  const sample = { conversations: [], images: ["0", "1"], clips: [[0, 2] as const] };
  for (const dtype of ["bf16", "f16"] as const) {
    const { outputs } = await planOfSample({ recipes: { clips, fps: 1 }, dtype }, sample, files);
    assertEquals(outputs.pixel_values_videos.dtype, dtype);
  }
  assertEquals(planned, 2);
});

/** Qwen3-Omni, whose clips have positions that are fractions. */
const OMNI = {
  ...MODEL,
  "preprocessor_config.json": {
    image_processor_type: "Qwen2VLImageProcessor",
    processor_class: "Qwen3OmniMoeProcessor",
  },
  "video_preprocessor_config.json": {
    video_processor_type: "Qwen2VLVideoProcessor",
    processor_class: "Qwen3OmniMoeProcessor",
  },
  "config.json": { model_type: "qwen3_omni_moe", thinker_config: { position_id_per_seconds: 13 } },
};

const READER = new URL("../../../src/sft/shards/vitrail_reader.py", import.meta.url);

/** Prints the type, shape and values of the positions of all samples, of a batch and of a pack. */
const PROGRAM = `import sys; sys.modules["torch"] = None
${await Deno.readTextFile(READER)}
samples, packs = Shards(sys.argv[1]), Shards(sys.argv[1], packs=True)
batch = collate([samples[0], samples[1]])
shown = lambda array: [array.dtype.str, list(array.shape), array.ravel().tolist()]
arrays = [samples[0]["position_ids"], samples[0]["rope_deltas"], packs[0]["position_ids"]]
places = batch["position_ids"]
print(json.dumps([*map(shown, arrays), places.dtype.str, list(places.shape)]))
`;

await withPython(
  "tokenTensors store positions that are fractions as floats, which all readers give",
  () =>
    inFolder(async (folder) => {
      await Deno.mkdir(join(folder, "model"));
      for (const [name, json] of Object.entries(OMNI)) {
        await Deno.writeTextFile(join(folder, "model", name), JSON.stringify(json));
      }
      const names = ["0.png", "1.png", "2.png", "3.png"], out = join(folder, "shards");
      for (const [at, name] of names.entries()) {
        await writePicture(folder, name, { kind: "noise", w: 64, h: 48, seed: at + 1 });
      }
      const clip = { type: "video", video: names, fps: 1.7 }, answer = { role: "assistant", content: "!" };
      const data = await writeSamples(folder, "data.json", [
        { messages: [{ role: "user", content: [clip, { type: "text", text: "?" }] }, answer] },
        { messages: [{ role: "user", content: "No clip?" }, answer] },
      ]);
      const flags = ["--image-root", folder, "--out", out, "--executor", "simd", "--pack", "9999"];
      const { status, err } = await vitrail("sft", data, "--recipe", join(folder, "model"), ...flags);
      assertEquals(status, 0, err);
      const shard = join(out, "shard-00000.safetensors");
      const [first, second] = await Array.fromAsync(readShard(shard));
      const whole = await planConversation(recipeFromConfig(OMNI["video_preprocessor_config.json"]), {
        messages: [
          {
            role: "user",
            content: [{ type: "video", video: names.map(() => FRAME), fps: 1.7 }, {
              type: "text",
              text: "?",
            }],
          },
          { role: "assistant", content: [{ type: "text", text: "!" }] },
        ],
        tokenizer: tokenizerOf(MODEL["tokenizer.json"]),
        template: TEMPLATE,
        model: OMNI["config.json"],
      });
      const positions = first.tokenRow!.positions!, { length } = first.tokenRow!.ids;
      assertEquals(positions, whole.position_ids!.data as Float32Array);
      assert(!positions.every(Number.isInteger));
      const [pack] = await Array.fromAsync(readPacks(shard));
      const [found, delta, joined, ...batch] = JSON.parse(await python(PROGRAM, out));
      assertEquals(found, ["<f4", [3, length], [...positions]]);
      assertEquals(delta, ["<f4", [1], [...whole.rope_deltas!.data]]);
      assertEquals(joined, ["<f4", [3, length + second.tokenRow!.ids.length], [...pack.positions]]);
      assertEquals(batch, ["<f4", [3, 2, length]]);
      const exported = await vitrail("export", out, "--to", "parquet", "--out", join(folder, "parquet"));
      assertEquals(exported.status, 0, exported.err);
    }),
);
