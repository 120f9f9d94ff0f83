import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFolder, vitrail } from "../support/vitrail.ts";
import { tokenizerJson } from "../support/sft/byte_tokenizer.ts";

const MARKS = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>"];

const TEMPLATE = `{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.content is string %}` +
  `{{ m.content }}{% else %}{% for part in m.content %}{% if part.type == "text" %}{{ part.text }}` +
  `{% else %}<|vision_start|><|{{ part.type }}_pad|><|vision_end|>{% endif %}{% endfor %}{% endif %}` +
  `<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}`;

/** The files of a model's folder, as the hub has them. */
const MODEL: Record<string, unknown> = {
  "tokenizer.json": tokenizerJson([...MARKS, "<|image_pad|>", "<|video_pad|>"]),
  "tokenizer_config.json": { chat_template: TEMPLATE, pad_token: "</s>" },
  "preprocessor_config.json": {
    image_processor_type: "Qwen2VLImageProcessor",
    processor_class: "Qwen2_5_VLProcessor",
    min_pixels: 28 * 28,
  },
  "video_preprocessor_config.json": {
    video_processor_type: "Qwen2VLVideoProcessor",
    processor_class: "Qwen2_5_VLProcessor",
    min_pixels: 28 * 28,
  },
  "config.json": { model_type: "qwen2_5_vl", vision_config: { tokens_per_second: 2 } },
};

const TALK = [
  { role: "system", content: "s" },
  {
    role: "user",
    content: [
      { type: "video", video: { frames: 4, width: 56, height: 28 }, fps: 1 },
      { type: "text", text: " or " },
      { type: "image", image: "a.bmp" },
    ],
  },
];

/** Writes the model's files and the conversation, whose picture of 40 × 30 lies beside it. */
async function prepare(folder: string, talk: unknown = TALK, model = MODEL): Promise<string[]> {
  await Deno.mkdir(`${folder}/model`);
  for (const [name, json] of Object.entries(model)) {
    await Deno.writeTextFile(`${folder}/model/${name}`, JSON.stringify(json));
  }
  await Deno.writeTextFile(`${folder}/talk.json`, JSON.stringify(talk));
  await Deno.copyFile(new URL("../fixtures/codecs/grey.bmp", import.meta.url), `${folder}/a.bmp`);
  return ["plan", "--recipe", `${folder}/model`, "--messages", `${folder}/talk.json`];
}

inFolder(
  "vitrail plan plans a conversation with a picture and a clip from a model's folder",
  async (folder) => {
    const command = await prepare(folder);
    const { status, out, err } = await vitrail(...command, "--json");
    assertEquals(status, 0, err);
    const plan = JSON.parse(out);
    assertEquals(Object.keys(plan), [
      ...["recipe", "outputs", "conversations", "input_ids", "attention_mask", "mm_token_type_ids"],
      ...["position_ids", "rope_deltas", "source"],
    ]);
    const [{ text, tokens, images: [clip, picture] }] = plan.conversations;
    const [ids] = plan.input_ids, [types] = plan.mm_token_type_ids;
    assertStringIncludes(text, "<|video_pad|><|vision_end|> or <|vision_start|><|image_pad|>");
    assertEquals([ids.length, types.length, plan.position_ids.length], [tokens, tokens, 3]);
    assertEquals([clip.kind, clip.tokens, picture.kind], ["clip", 4, "picture"]);
    assertEquals(picture.file, `${folder}/a.bmp`);
    for (const { span: { offset, length }, kind } of [clip, picture]) {
      const type = kind === "clip" ? 2 : 1;
      assertEquals(types.slice(offset, offset + length), Array(length).fill(type));
      assertEquals([types[offset - 1], types[offset + length]], [0, 0]);
    }
    // At one frame a second a step of two frames is two seconds, and a second two positions.
    const [time] = plan.position_ids[0], { offset } = clip.span;
    assertEquals(time.slice(offset, offset + 4), [offset, offset, offset + 4, offset + 4]);
    assertEquals(Object.keys(plan.outputs), [
      ...["pixel_values", "image_grid_thw", "pixel_values_videos", "video_grid_thw"],
    ]);
  },
);

inFolder("vitrail plan prints where a conversation's images stand", async (folder) => {
  const command = await prepare(folder);
  const { status, out } = await vitrail(...command, "--generation-prompt");
  assertEquals(status, 0);
  assertStringIncludes(out, "<|im_start|>assistant\n\nfile");
  assertMatch(out, /messages\[1\]\.content\[0\] +clip +56x28 +2x1x2 +4 +\d+ +4 +\d+, \d+, \d+\n/);
  assertMatch(out, /a\.bmp +picture +\d+x\d+ +\d+x\d+ +\d+ +\d+ +\d+ +\d+, \d+, \d+\n/);
  assertMatch(out, / {2}messages\[1\]\.content\[0\]: <\|video_pad\|>×4\n/);
  assertMatch(
    out,
    /\n\d+ tokens, \d+ of them images'; positions along 3 axes, the next at \d+ \(rope_delta -?\d+\)\nread/,
  );
  const [, read] = /\nread (.*)$/.exec(out)!;
  const names = read.split(", ").map((place) => place.replace(`${folder}/model/`, ""));
  assertEquals(names.sort(), Object.keys(MODEL).sort());
});

inFolder(
  "vitrail plan finds pictures beside the conversation's file",
  async (folder) => {
    const bytes = await Deno.readFile(new URL("../fixtures/codecs/grey.bmp", import.meta.url));
    const base64 = btoa(String.fromCharCode(...bytes, 255, 255, 255)); // "//" among it, which is no path
    const talk = [
      {
        role: "user",
        content: [
          { type: "image", base64 },
          { type: "image_url", image_url: { url: "a.bmp" } },
          { type: "image_url", image_url: "./a.bmp" },
          { type: "image", path: "picture" },
        ],
      },
    ];
    const command = await prepare(folder, talk);
    await Deno.copyFile(`${folder}/a.bmp`, `${folder}/picture`);
    const { status, out, err } = await vitrail(...command, "--json");
    assertEquals([base64.includes("//"), status], [true, 0], err);
    const [{ images }] = JSON.parse(out).conversations;
    assertEquals(images.map(({ width, height }: { width: number; height: number }) => [width, height]), [
      ...Array(4).fill([images[0].width, images[0].height]),
    ]);
  },
);

inFolder("vitrail plan takes several conversations, and pads them", async (folder) => {
  const command = await prepare(folder, [TALK, [{ role: "user", content: "a" }]]);
  const { status, out } = await vitrail(...command, "--json");
  assertEquals(status, 0);
  const { conversations, input_ids, attention_mask } = JSON.parse(out);
  const [long, short] = conversations.map(({ tokens }: { tokens: number }) => tokens);
  assertEquals(input_ids[1].slice(short), Array(long - short).fill(2));
  assertEquals(attention_mask[1], [...Array(short).fill(1), ...Array(long - short).fill(0)]);
});

inFolder("vitrail plan names what a conversation lacks", async (folder) => {
  const [plan, ...command] = await prepare(folder);
  const file = `${folder}/model/preprocessor_config.json`;
  await Deno.writeTextFile(`${folder}/cut.json`, '[{"role":');
  const cases: [string[], number, RegExp][] = [
    [["a.bmp", ...command], 2, /--messages names the pictures itself, found a\.bmp, too$/],
    [
      ["--messages", `${folder}/talk.json`, "--recipe", file],
      2,
      /wants --tokenizer FILE, since --recipe is no /,
    ],
    [["--messages", "none.json", ...command.slice(0, 2)], 1, /cannot read the conversation none\.json/],
    [
      ["--messages", `${folder}/a.bmp`, ...command.slice(0, 2)],
      1,
      /a\.bmp is no text: its bytes are not UTF-8$/,
    ],
    [
      ["--messages", `${folder}/cut.json`, ...command.slice(0, 2)],
      2,
      /the conversation .*cut\.json is not JSON/,
    ],
    [["--messages", file, ...command.slice(0, 2)], 2, /is to be a list of messages, or a list of conver/],
    [["40x30", "--generation-prompt"], 2, /--generation-prompt is for a conversation; give --messages, too$/],
    [["40x30", "--tokenizer", "a.json"], 2, /--tokenizer is for a conversation; give --messages, too$/],
  ];
  for (const [args, expected, message] of cases) {
    const { status, err } = await vitrail(plan, ...args);
    assertEquals([status, message.test(err.trim())], [expected, true], err);
  }
});
