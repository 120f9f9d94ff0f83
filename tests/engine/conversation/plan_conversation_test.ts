import { assertEquals, assertRejects } from "@std/assert";
import type { ConversationOptions } from "../../../src/engine/conversation/conversation_options.ts";
import { type MediaRecipes, planConversation } from "../../../src/engine/conversation/plan_conversation.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { type ErrorCode, VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { sampleFrames } from "../../../src/recipes/sample_frames.ts";
import type { Message } from "../../../src/text/messages.ts";
import { ropeOfRecipe } from "../../../src/text/positions/rope_rule.ts";
import { CHAT_CASES, CLIP_CASES, TALK, templateOf, tokenizerOfCase } from "../../support/text/chat_cases.ts";

const QWEN = CHAT_CASES[0];
const TOKENIZER = tokenizerOfCase(QWEN);
const PICTURES = recipeFromConfig({ ...QWEN.config, min_pixels: 28 * 28 });
const CLIPS = recipeFromConfig({
  video_processor_type: "Qwen2VLVideoProcessor",
  processor_class: "Qwen2VLProcessor",
  min_pixels: 28 * 28,
});

/** Qwen2-VL's parts, clips among them. */
const TEMPLATE = `{% for m in messages %}<|im_start|>{{ m.role }}\n{% for part in m.content %}` +
  `{% if part.type == "text" %}{{ part.text }}{% else %}<|vision_start|><|` +
  `{{ part.type }}_pad|><|vision_end|>{% endif %}{% endfor %}<|im_end|>\n{% endfor %}`;

const OPTIONS = { tokenizer: TOKENIZER, template: TEMPLATE };

/** A picture of 2 × 3 tokens, and a clip of 3 steps of 1 × 2. */
const PICTURE = { type: "image", image: { width: 84, height: 56 } } as const;
const CLIP = { type: "video", video: { frames: 5, width: 56, height: 28 } } as const;

function user(...content: Exclude<Message["content"], string | null | undefined>): Message[] {
  return [{ role: "user", content }];
}

function text(text: string) {
  return { type: "text", text } as const;
}

for (const model of CHAT_CASES) {
  Deno.test(`planConversation gives the text input of ${model.model} from sizes alone`, async () => {
    const recipe = recipeFromConfig(model.config);
    const { tokenizer } = tokenizerOfCase(model);
    const found = await planConversation(recipe, {
      messages: TALK,
      tokenizer,
      template: templateOf(model),
      generationPrompt: true,
    });
    const { input_ids, attention_mask, mm_token_type_ids, spans, images, plan, call } = found;
    const length = input_ids.shape[1];
    assertEquals(input_ids.shape, [1, length]);
    assertEquals([attention_mask.shape, mm_token_type_ids.shape], [[1, length], [1, length]]);
    assertEquals(attention_mask.data, new BigInt64Array(length).fill(1n));
    assertEquals([images, plan!.images.length, call], [[plan!.images], 2, undefined]);
    assertEquals(spans[0].map(({ tokens }) => tokens), plan!.images.map(({ tokens }) => tokens));
    const three = /Qwen|GLM/.test(model.model);
    const attended = model.model === "Llama 3.2 Vision" ? [1, length, 2, 4] : undefined;
    assertEquals(found.cross_attention_mask?.shape, attended as typeof attended & [1, 1, 1, 1]);
    assertEquals(found.position_ids?.shape, three ? [3, 1, length] : undefined);
    assertEquals(found.texts[0].split(model.picture).length, 3);
  });
}

/** Four seconds, of which each class takes the frames that it takes. */
const FILM = { type: "video", video: { frames: 96, width: 160, height: 120, fps: 24 } } as const;

for (const model of CLIP_CASES) {
  Deno.test(`planConversation plans clips of ${model.model} from counts alone`, async () => {
    const { tokenizer } = tokenizerOfCase(model), recipe = recipeFromConfig(model.config);
    const found = await planConversation(recipe, {
      messages: user(text("the "), FILM, text("\n and "), FILM, text("?")),
      tokenizer,
      template: templateOf(model),
      rope: model.axes && { ...ropeOfRecipe(recipe)!, perSecond: 2 },
    });
    const { texts: [written], images: [clips], spans: [spans], clipPlan } = found;
    const { indices, fps } = sampleFrames(recipe, FILM.video);
    assertEquals(clipPlan!.pictures.length, 2 * indices.length);
    const whole = written.replaceAll(clips[0].mark ?? clips[0].token!, clips[0].placeholder!);
    const ids = tokenizer(whole, true);
    assertEquals([...found.input_ids.data].map(Number), [...ids]);
    const kinds = new Map(Object.entries(model.kinds).map(([mark, kind]) => [tokenizer.idOf!(mark), kind]));
    assertEquals([...found.mm_token_type_ids.data].map(Number), ids.map((id) => kinds.get(id) ?? 0));
    assertEquals(spans.map(({ tokens }) => tokens), clips.map(({ tokens }) => tokens));
    assertEquals([found.position_ids?.shape, fps], [model.axes && [3, 1, ids.length], 24]);
  });
}

Deno.test("planConversation mixes pictures and clips, and counts positions over them", async () => {
  const { input_ids, mm_token_type_ids, position_ids, rope_deltas, spans, plan, clipPlan } =
    await planConversation({ pictures: PICTURES, clips: CLIPS }, {
      ...OPTIONS,
      messages: user(text("ab"), CLIP, text("c"), PICTURE, text("d")),
    });
  const head = "_<|im_start|>user\nab<|vision_start|>".match(/<\|\w+\|>|[^]/g)!.length; // _ for <s>
  assertEquals(spans[0], [
    { image: 0, offset: head, length: 6, tokens: 6 },
    { image: 1, offset: head + 9, length: 6, tokens: 6 },
  ]);
  const types = [...mm_token_type_ids.data].join("");
  assertEquals(types, "0".repeat(head) + "222222000111111" + "0".repeat(types.length - head - 15));
  assertEquals([plan!.images.length, clipPlan!.images.length], [1, 1]);
  const [time, height, width] = Array.from({ length: 3 }, (_, axis) => {
    const row = [...position_ids!.data].map(Number).slice(axis * types.length, (axis + 1) * types.length);
    return row.slice(head - 1);
  });
  // The text behind a clip goes on after its longer side of 2, the text behind the picture after 3.
  const n = head;
  const after = [n + 2, n + 3, n + 4], last = [n + 8, n + 9, n + 10, n + 11];
  assertEquals(time, [n - 1, n, n, n + 1, n + 1, n + 2, n + 2, ...after, ...Array(6).fill(n + 5), ...last]);
  assertEquals(height, [
    n - 1,
    ...Array(6).fill(n),
    ...after,
    n + 5,
    n + 5,
    n + 5,
    n + 6,
    n + 6,
    n + 6,
    ...last,
  ]);
  assertEquals(width, [
    ...[n - 1, n, n + 1, n, n + 1, n, n + 1],
    ...after,
    ...[n + 5, n + 6, n + 7, n + 5, n + 6, n + 7],
    ...last,
  ]);
  assertEquals([...rope_deltas!.data], [BigInt(n + 12 - input_ids.shape[1])]);
});

Deno.test("planConversation says which tokens attend to which tiles of Llama 3.2's pictures", async () => {
  const model = CHAT_CASES.find(({ model }) => model === "Llama 3.2 Vision")!;
  const { cross_attention_mask, spans: [[first, second]], images: [images] } = await planConversation(
    recipeFromConfig(model.config),
    { messages: TALK, tokenizer: tokenizerOfCase(model).tokenizer, template: templateOf(model) },
  );
  const { shape: [, length, pictures, most], data } = cross_attention_mask!;
  const seen = (token: number, picture: number) => {
    const at = (token * pictures + picture) * most;
    return data.slice(at, at + most).filter((one) => one === 1n).length;
  };
  const tiles = images.map(({ grid: [rows, columns] }) => rows * columns);
  assertEquals(tiles, [4, 3]);
  for (let token = 0; token < length; token++) {
    assertEquals(seen(token, 0), token >= first.offset && token < second.offset ? 4 : 0);
    assertEquals(seen(token, 1), token >= second.offset ? 3 : 0);
  }
});

Deno.test("planConversation pads a batch on the side that the tokenizer's config says", async () => {
  const conversations = [user(text("a")), user(PICTURE, text("abc"))];
  const options = { ...OPTIONS, conversations, padId: 2 };
  const right = await planConversation(PICTURES, options);
  const left = await planConversation(PICTURES, {
    ...options,
    tokenizer: { ...TOKENIZER, padSide: "left" },
  });
  const [, length] = right.input_ids.shape;
  const whole = await planConversation(PICTURES, { ...OPTIONS, messages: conversations[0] });
  const short = whole.input_ids.shape[1], pad = length - short;
  assertEquals(right.input_ids.data.slice(0, length), fill(whole.input_ids.data, [], Array(pad).fill(2n)));
  assertEquals(left.input_ids.data.slice(0, length), fill(whole.input_ids.data, Array(pad).fill(2n), []));
  const ones = Array(short).fill(1n), zeros = Array(pad).fill(0n);
  assertEquals([...right.attention_mask.data.slice(0, length)], [...ones, ...zeros]);
  assertEquals([...left.attention_mask.data.slice(0, length)], [...zeros, ...ones]);
  assertEquals(left.position_ids!.data.slice(0, pad), new BigInt64Array(pad));
  assertEquals(right.position_ids!.data.slice(0, short), left.position_ids!.data.slice(pad, length));
  assertEquals(left.spans[1], right.spans[1]); // the longest row has no padding
  const both = await planConversation(PICTURES, { ...options, conversations: [...conversations].reverse() });
  assertEquals(both.spans[0], right.spans[1]);
});

function fill(data: BigInt64Array, before: bigint[], after: bigint[]): BigInt64Array {
  return BigInt64Array.from([...before, ...data, ...after]);
}

Deno.test("planConversation plans a row of zeros for a conversation without pictures", async () => {
  const conversations = [user(text("b")), user(PICTURE, text("a"))];
  for (const name of ["Idefics2", "Idefics3"]) {
    const model = CHAT_CASES.find(({ model }) => model === name)!, recipe = recipeFromConfig(model.config);
    const options = { tokenizer: tokenizerOfCase(model), template: templateOf(model), padId: 2 };
    const { plan, spans } = await planConversation(recipe, { ...options, conversations });
    const alone = await planConversation(recipe, { ...options, conversations: [conversations[1]] });
    const [, ...shape] = alone.plan!.outputs.pixel_values.as!;
    assertEquals([plan!.samples, plan!.outputs.pixel_values.as], [[0, 1], [2, ...shape]]);
    assertEquals(spans, [[], alone.spans[0]]);
  }
});

Deno.test("planConversation refuses Llama 3.2 a conversation without pictures beside one with", async () => {
  const conversations = [user(PICTURE, text("a")), user(text("b"))];
  const model = CHAT_CASES.find(({ model }) => model === "Llama 3.2 Vision")!;
  const recipe = recipeFromConfig(model.config);
  const options = { tokenizer: tokenizerOfCase(model), template: templateOf(model), padId: 2 };
  const error = await assertRejects(
    () => planConversation(recipe, { ...options, conversations }),
    VitrailError,
  );
  assertEquals([error.code, error.message], [
    "usage",
    "conversations[1] has no picture, and mllama wants one in each conversation of a batch, or in none; " +
    "plan it in a call of its own",
  ]);
  const { cross_attention_mask } = await planConversation(recipe, {
    ...options,
    conversations: [user(text("b"))],
  });
  assertEquals(cross_attention_mask, undefined);
});

Deno.test("planConversation puts a picture of Fuyu before its text, and pads on the left", async () => {
  const config = { image_processor_type: "FuyuImageProcessor", size: { height: 60, width: 90 } };
  const { tokenizer } = tokenizerOfCase({ marks: ["|SPEAKER|", "|NEWLINE|", "<s>", "<0x04>"] });
  const template =
    "{% for m in messages %}{% for part in m.content %}{{ part.text }}{% endfor %}{% endfor %}";
  const conversations = [user(text("which, or what"), PICTURE), user(text("none"))]; // 84 × 56 pixels
  const { input_ids, attention_mask, mm_token_type_ids, spans, plan, texts } = await planConversation(
    recipeFromConfig(config),
    { conversations, tokenizer: { tokenizer, padSide: "right", padId: 9 }, template },
  );
  const line = "|SPEAKER||SPEAKER||SPEAKER||NEWLINE|";
  const first = tokenizer(`${line}${line}<s>which, or what<0x04>`, false), length = first.length;
  const pad = Array(length - 5).fill(0);
  assertEquals(texts, ["which, or what", "none"]);
  assertEquals([...input_ids.data].map(Number), [...first, ...pad, ...tokenizer("none<0x04>", false)]);
  assertEquals([...attention_mask.data.slice(length)].map(Number), [...pad, 1, 1, 1, 1, 1]);
  assertEquals([...mm_token_type_ids.data].map(Number), [
    ...Array(8).fill(1),
    ...Array(2 * length - 8).fill(0),
  ]);
  assertEquals(spans, [[{ image: 0, offset: 0, length: 8, tokens: 6 }], []]);
  assertEquals(plan!.outputs.images.shape, [1, 3, 60, 90]);
});

Deno.test("planConversation takes the model's own counting from its config.json", async () => {
  const messages = user({ ...CLIP, fps: 1 });
  const model = { model_type: "qwen2_5_vl", vision_config: { tokens_per_second: 7 } };
  const { position_ids, spans: [[{ offset }]] } = await planConversation(CLIPS, {
    ...OPTIONS,
    messages,
    model,
  });
  const time = [...position_ids!.data].slice(offset, offset + 6).map((at) => Number(at) - offset);
  assertEquals(time, [0, 0, 14, 14, 28, 28]); // two frames a step, so 2 seconds
  const flat = await planConversation(CLIPS, { ...OPTIONS, messages, model: { model_type: "llama" } });
  assertEquals(flat.position_ids, undefined);
});

Deno.test("Engine.plan gives the call that run takes", async () => {
  const pixels = { width: 84, height: 56, data: new Uint8Array(84 * 56 * 3).fill(9) };
  await using engine = await Engine.open({ executor: "reference" });
  const messages = user({ type: "image", image: pixels }, text("a"));
  const { plan, call } = await engine.plan(PICTURES, { ...OPTIONS, messages });
  const batch = await engine.run(PICTURES, call!);
  assertEquals(batch.pixelValues.shape, plan!.outputs.pixel_values.shape);
});

Deno.test("planConversation reads bytes in a data: URL", async () => {
  const file = await Deno.readFile(new URL("../../fixtures/codecs/grey.jpg", import.meta.url));
  const url = `data:image/jpeg;base64,${btoa(String.fromCharCode(...file))}`;
  const { plan, call } = await planConversation(PICTURES, {
    ...OPTIONS,
    messages: user({ type: "image_url", image_url: { url } }),
  });
  const path = new URL("../../fixtures/codecs/grey.jpg", import.meta.url);
  const byPath = await planConversation(PICTURES, { ...OPTIONS, messages: user({ type: "image", path }) });
  assertEquals([plan!.pictures, (call as Uint8Array[])[0].length], [byPath.plan!.pictures, file.length]);
});

Deno.test("planConversation gives the template tools and calls, and none where there are none", async () => {
  const template = `{% if tools is not none %}{{ tools | tojson }};{% endif %}` +
    `{% if documents is not none %}documents{% endif %}{% for m in messages %}{{ m.content or "" }}` +
    `{% for call in m.tool_calls or [] %}{{ call | tojson }}{% endfor %}{% endfor %}`;
  const call = { type: "function", function: { name: "zoom", arguments: { x: 1 } } };
  const messages: Message[] = [
    { role: "user", content: "?" },
    { role: "assistant", content: null, tool_calls: [call] },
  ];
  const written = `?{"type": "function", "function": {"name": "zoom", "arguments": {"x": 1}}}`;
  const options = { messages, tokenizer: TOKENIZER, template };
  assertEquals((await planConversation(PICTURES, options)).texts, [written]);
  const tools = [{ name: "zoom" }];
  assertEquals((await planConversation(PICTURES, { ...options, tools })).texts, [
    `[{"name": "zoom"}];${written}`,
  ]);
});

Deno.test("planConversation names what is wrong", async () => {
  const plain = recipeFromConfig({ image_processor_type: "CLIPImageProcessor" });
  const drops = "{% for m in messages %}{{ m.role }}{% endfor %}";
  const cases: [Recipe | MediaRecipes, Partial<ConversationOptions>, ErrorCode, RegExp][] = [
    [PICTURES, {}, "usage", /^give messages, one conversation, or conversations, a list of them$/],
    [
      PICTURES,
      { messages: user(PICTURE), template: drops },
      "dataset",
      /writes <\|image_pad\|> nowhere for 1 /,
    ],
    [
      PICTURES,
      { messages: user(PICTURE), template: "{{ raise_exception('no pictures') }}" },
      "dataset",
      /^the template chat_template fails: no pictures$/,
    ],
    [PICTURES, { messages: user(PICTURE), template: "{% if %}" }, "usage", /is not Jinja/],
    [
      PICTURES,
      { messages: [{ role: "bot", content: "a" }] },
      "usage",
      /^messages\[0\]\.role is "bot", expected/,
    ],
    [
      PICTURES,
      { conversations: [user(text("a")), [{ role: "bot", content: "a" }]] },
      "usage",
      /^conversations\[1\]\[0\]\.role is "bot"/,
    ],
    [
      PICTURES,
      { messages: user(PICTURE), tokenizer: tokenizerOfCase({ marks: [] }) },
      "usage",
      /^messages: the tokenizer has no token <\|image_pad\|>, which stands for an image of qwen2_vl; it is /,
    ],
    [
      PICTURES,
      { conversations: [user(text("a")), user(text("ab"))] },
      "usage",
      /^rows of \d+, \d+ tokens want a padId to fill them up$/,
    ],
    [
      PICTURES,
      { messages: user(CLIP) },
      "usage",
      /^messages\[0\]\.content\[0\] is a clip, and the recipe qwen2_vl /,
    ],
    [CLIPS, { messages: user(PICTURE) }, "usage", /is a picture, and the recipe qwen2_vl takes clips; give /],
    [
      { pictures: CLIPS, clips: PICTURES },
      { messages: user(PICTURE) },
      "usage",
      /^the recipe given for pictures, qwen2_vl, takes clips$/,
    ],
    [
      { pictures: PICTURES, clips: PICTURES },
      { messages: user(PICTURE) },
      "usage",
      /^the recipe given for clips, qwen2_vl, takes pictures$/,
    ],
    [
      CLIPS,
      { messages: user({ type: "video", video: "a.mp4" }) },
      "usage",
      /video is "a\.mp4", expected a list of frames, or \{ frames, width, height, fps \}; films are not /,
    ],
    [
      PICTURES,
      { messages: user({ type: "image", image: "https://example.org/a.png" }) },
      "usage",
      /is "https:\/\/example\.org\/a\.png"; nothing is fetched: give its bytes, its file or its size$/,
    ],
    [PICTURES, { messages: user({ type: "image", image: "none.png" }) }, "io", /none\.png/],
    [
      PICTURES,
      { messages: user({ type: "image", image: 3 }) },
      "usage",
      /is 3, expected a picture, its path or /,
    ],
    [
      plain,
      { messages: user(PICTURE) },
      "recipe",
      /^the recipe clip does not say which text stands for a picture/,
    ],
    [
      recipeFromConfig({ image_processor_type: "GlmImageImageProcessor" }),
      { messages: user(text("a cat")) },
      "recipe",
      /^the text of glm_image ends with the size of a picture to be made, whose tokens have positions of /,
    ],
    [
      CLIPS,
      { messages: user(CLIP), model: { model_type: "qwen2_5_vl" } },
      "usage",
      /want perSecond, which is vision_config\.tokens_per_second in the model's config\.json/,
    ],
    ["qwen2_vl" as unknown as Recipe, { messages: user(PICTURE) }, "usage", /^a recipe is what /],
  ];
  for (const [recipe, options, code, message] of cases) {
    const error = await assertRejects(
      () => planConversation(recipe, { ...OPTIONS, ...options }),
      VitrailError,
    );
    assertEquals([error.code, message.test(error.message)], [code, true], error.message);
  }
});
