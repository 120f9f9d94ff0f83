import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { planConversation } from "../../src/engine/conversation/plan_conversation.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { readShard } from "../../src/sft/shards/read_shard.ts";
import { tokenizerOf } from "../../src/text/tokenizer_file.ts";
import { turns, writePicture, writeSamples } from "../support/sft/data_set.ts";
import { learntText } from "../support/sft/learnt_text.ts";
import { MARKS, MODEL, PICTURES, TEMPLATE } from "../support/sft/model_files.ts";
import { inFolder, vitrail } from "../support/vitrail.ts";

const SAMPLES = [
  {
    id: "two",
    conversations: turns("a <image> or <image>?", "the\n", "?", "So."),
    image: ["0.png", "1.png"],
  },
  { id: "none", conversations: turns("?", "!") },
  { id: "one", conversations: turns("<image>\nb", "Hm."), image: "0.png" },
];

/** Writes the model, two pictures and the samples, and returns the command's first arguments. */
async function prepare(folder: string, model = MODEL): Promise<string[]> {
  await Deno.mkdir(join(folder, "model"));
  for (const [name, json] of Object.entries(model)) {
    await Deno.writeTextFile(join(folder, "model", name), JSON.stringify(json));
  }
  await writePicture(folder, "0.png", { kind: "mix", w: 90, h: 60 });
  await writePicture(folder, "1.png", { kind: "grad", w: 40, h: 70 });
  const data = await writeSamples(folder, "data.json", SAMPLES);
  const flags = ["--image-root", folder, "--executor", "simd", "--json"];
  return ["sft", data, "--recipe", join(folder, "model"), ...flags];
}

inFolder("vitrail sft makes a model's texts of its own template and tokenizer", async (folder) => {
  const command = await prepare(folder), out = join(folder, "out");
  const { status, err } = await vitrail(...command, "--out", out);
  assertEquals(status, 0, err);
  const { tokenizer } = tokenizerOf(MODEL["tokenizer.json"]);
  const sizes = [{ width: 90, height: 60 }, { width: 40, height: 70 }];
  const images = [sizes, [], [sizes[0]]],
    learnt = ["the\n<|im_end|>|So.<|im_end|>|", "!<|im_end|>|", "Hm.<|im_end|>|"];
  let at = 0;
  for await (const { tokenRow, text } of readShard(join(out, "shard-00000.safetensors"))) {
    const left = [...images[at]];
    const messages = SAMPLES[at].conversations.map(({ from, value }) => ({
      role: from === "human" ? "user" : "assistant",
      content: value.split("<image>").flatMap((text, index) => [
        ...(index > 0 ? [{ type: "image", image: left.shift()! } as const] : []),
        { type: "text", text } as const,
      ]),
    }));
    const model = MODEL["config.json"] as Record<string, unknown>;
    const whole = await planConversation(recipeFromConfig(PICTURES), {
      messages,
      tokenizer,
      template: TEMPLATE,
      model,
    });
    assertEquals(text, whole.texts[0]);
    assertEquals([...tokenRow!.ids].map(BigInt), [...whole.input_ids.data]);
    assertEquals([...tokenRow!.types!].map(BigInt), [...whole.mm_token_type_ids.data]);
    assertEquals([...tokenRow!.positions!].map(BigInt), [...whole.position_ids!.data as BigInt64Array]);
    assertEquals(BigInt(tokenRow!.ropeDelta!), whole.rope_deltas!.data[0]);
    assertEquals(learntText(tokenRow!.labels, tokenizer, MARKS), learnt[at]);
    at++;
  }
  assertEquals(at, 3);
});

inFolder("vitrail sft refuses, skips or cuts samples that are longer than asked", async (folder) => {
  const command = [...await prepare(folder), "--dry-run", "--max-length"];
  const run = async (...flags: string[]) => {
    const { status, out } = await vitrail(...command, ...flags);
    return { status, ...JSON.parse(out) };
  };
  const refused = await run("60");
  assertEquals([refused.status, refused.samples, refused.truncated], [1, 2, 0]);
  assertStringIncludes(refused.skippedSamples[0].reason, "tokens, more than 60; --too-long skip");
  const skipped = await run("60", "--too-long", "skip");
  assertEquals([skipped.status, skipped.samples, skipped.skippedSamples[0].asked], [0, 2, true]);
  const cut = await run("60", "--too-long", "cut");
  assertEquals([cut.status, cut.samples, cut.truncated], [0, 3, 1]);
});

inFolder("vitrail sft says what a model's texts lack, and goes without", async (folder) => {
  const { "tokenizer.json": _, "tokenizer_config.json": __, ...bare } = MODEL;
  const command = await prepare(folder, bare);
  const cases: [string[], string][] = [
    [["--picture-id", "1"], "--picture-id is for recipes of our own; qwen2_vl says itself what stands for"],
    [["--learn", "teacher"], "--learn is all, last, or some of assistant, user, system, tool"],
    [["--max-length", "9"], "--max-length is for token ids; give a --tokenizer, too"],
    [
      ["--pack", "9"],
      "--pack counts tokens, and texts are the turns' own words, without tokens, since the folder " +
      `${folder}/model holds no chat template`,
    ],
    [
      ["--tokenizer", "a.json"],
      `tokens want a --template FILE, since the folder ${folder}/model holds no chat template`,
    ],
    [
      ["--tokenizer", "a.json", "--template", "plain"],
      "tokens want a --template FILE, since plain writes no marks of this recipe's pictures",
    ],
  ];
  for (const [flags, message] of cases) {
    const { status, err } = await vitrail(...command, ...flags);
    assertEquals(status, 2);
    assertStringIncludes(err, message);
  }
  const out = join(folder, "out"), made = await vitrail(...command.slice(0, -1), "--out", out);
  assertEquals(made.status, 0, made.err);
  assertStringIncludes(
    made.err,
    `texts are the turns' own words, without tokens, since the folder ${folder}/model holds no chat `,
  );
  const texts = await Array.fromAsync(readShard(join(out, "shard-00000.safetensors")), ({ text }) => text);
  assertEquals(texts[0], "a <ImageHere> or <ImageHere>?\nthe\n\n?\nSo.");
});

inFolder(
  "vitrail sft writes boxes as the model is trained with them, or as it is asked to",
  async (folder) => {
    const command = await prepare(folder), out = join(folder, "out");
    const sample = {
      messages: [
        { role: "user", content: "<image>Where is the <ref-object>?" },
        { role: "assistant", content: '{"bbox_2d": <bbox>}' },
      ],
      images: ["0.png"],
      objects: { ref: ["dog"], bbox: [[9, 6, 45, 33]] },
    };
    command[1] = await writeSamples(folder, "boxes.json", [sample]);
    const answerOf = async (...flags: string[]) => {
      const { status, err } = await vitrail(...command, "--out", `${out}${flags.join("")}`, ...flags);
      assertEquals(status, 0, err);
      const shard = readShard(join(`${out}${flags.join("")}`, "shard-00000.safetensors"));
      const [{ text, tokenRow }] = await Array.fromAsync(shard);
      const { tokenizer } = tokenizerOf(MODEL["tokenizer.json"]);
      assertStringIncludes(text, flags.includes("kept") ? "the <ref-object>?" : "the dog?");
      return learntText(tokenRow!.labels, tokenizer, MARKS);
    };
    // A picture of 90 × 60 becomes 84 × 56.
    assertEquals(await answerOf(), '{"bbox_2d": [8, 6, 42, 31]}<|im_end|>|');
    assertEquals(await answerOf("--boxes", "thousandths"), '{"bbox_2d": [100, 100, 500, 550]}<|im_end|>|');
    assertEquals(await answerOf("--boxes", "kept"), '{"bbox_2d": <bbox>}<|im_end|>|');
  },
);

inFolder("vitrail sft counts the positions of clips by --fps", async (folder) => {
  const clips = {
    video_processor_type: "Qwen2VLVideoProcessor",
    processor_class: "Qwen2_5_VLProcessor",
    min_pixels: 28 * 28,
  };
  const command = await prepare(folder, { ...MODEL, "video_preprocessor_config.json": clips });
  const messages = [{ role: "user", content: "<video>?" }, { role: "assistant", content: "!" }];
  command[1] = await writeSamples(folder, "clips.json", [{ messages, videos: [Array(4).fill("0.png")] }]);
  const out = join(folder, "out"), { status, err } = await vitrail(...command, "--out", out, "--fps", "0.5");
  assertEquals(status, 0, err);
  const [{ tokenRow }] = await Array.fromAsync(readShard(join(out, "shard-00000.safetensors")));
  const frames = Array(4).fill({ width: 90, height: 60 });
  const whole = await planConversation(recipeFromConfig(clips), {
    messages: [
      { role: "user", content: [{ type: "video", video: frames, fps: 0.5 }, { type: "text", text: "?" }] },
      { role: "assistant", content: "!" },
    ],
    tokenizer: tokenizerOf(MODEL["tokenizer.json"]),
    template: TEMPLATE,
    model: MODEL["config.json"] as Record<string, unknown>,
  });
  assertEquals([...tokenRow!.positions!].map(BigInt), [...whole.position_ids!.data as BigInt64Array]);
  // Two frames are a step, and at half a frame a second a step is four seconds: eight positions.
  const [{ start, tokens }] = tokenRow!.spans;
  assertEquals(tokenRow!.positions![start + tokens / 2] - tokenRow!.positions![start], 8);
});
