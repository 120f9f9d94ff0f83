import { assertEquals, assertThrows } from "@std/assert";
import { planConversation } from "../../../src/engine/conversation/plan_conversation.ts";
import { VitrailError } from "../../../src/errors.ts";
import type { PlannedImage } from "../../../src/plan/plan.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { Turn } from "../../../src/sft/data/sample.ts";
import type { Learn } from "../../../src/sft/text/learnt_turns.ts";
import { modelTexts } from "../../../src/sft/text/model_text.ts";
import { chatTemplate } from "../../../src/text/chat_template.ts";
import { ropeOfRecipe } from "../../../src/text/positions/rope_rule.ts";
import { learntText } from "../../support/sft/learnt_text.ts";
import {
  CHAT_CASES,
  type ChatCase,
  CLIP_CASES,
  TALK,
  templateOf,
  tokenizerOfCase,
} from "../../support/text/chat_cases.ts";

const SIZES = [{ width: 200, height: 120 }, { width: 60, height: 150 }];

/** The conversation of `TALK`, as data sets have it. */
const TURNS: Turn[] = [
  { from: "system", value: "the the" },
  { from: "human", value: "<ImageHere>the first,\n<ImageHere>" },
  { from: "gpt", value: "Hm." },
];

/** Returns the texts of a model by its case, and its tokenizer's marks. */
function textsOf(model: Pick<ChatCase, "config" | "marks">, template: string, learn: Learn = ["assistant"]) {
  const recipe = recipeFromConfig(model.config), { tokenizer } = tokenizerOfCase(model);
  const rope = ropeOfRecipe(recipe);
  const textOf = modelTexts({
    recipe: recipe.name,
    template: chatTemplate(template),
    tokenizer,
    ...(rope && { rope: { ...rope, perSecond: 2 } }),
    learn,
  });
  return { recipe, tokenizer, textOf, marks: ["<|im_start|>", "<|im_end|>", ...model.marks] };
}

for (const model of CHAT_CASES) {
  Deno.test(`modelTexts gives a sample of ${model.model} as its processor does`, async () => {
    const { recipe, tokenizer, textOf, marks } = textsOf(model, templateOf(model));
    const { images } = planSample(recipe, SIZES);
    const { text, row } = textOf({ conversations: TURNS, images: ["a", "b"] }, images, "sample 1");
    const whole = await planConversation(recipe, { messages: TALK, tokenizer, template: templateOf(model) });
    assertEquals(text, whole.texts[0]);
    assertEquals([...row!.ids].map(BigInt), [...whole.input_ids.data]);
    assertEquals([...row!.types!].map(BigInt), [...whole.mm_token_type_ids.data]);
    assertEquals(
      row!.spans,
      whole.spans[0].map(({ offset, length, tokens }) => ({ start: offset, length, tokens })),
    );
    assertEquals(
      row!.positions && [...row!.positions].map(BigInt),
      whole.position_ids && [
        ...whole.position_ids.data as BigInt64Array,
      ],
    );
    assertEquals(row!.ropeDelta, whole.rope_deltas && Number(whole.rope_deltas.data[0]));
    assertEquals(row!.attended, images[0].attended && images.map(({ attended }) => attended!));
    assertEquals(learntText(row!.labels, tokenizer, marks), "Hm.<|im_end|>|");
    assertEquals(row!.labels.filter((label, at) => label !== -100 && label !== row!.ids[at]).length, 0);
  });
}

for (const model of CLIP_CASES) {
  Deno.test(`modelTexts gives a sample of ${model.model}'s clips as its processor does`, async () => {
    const template = templateOf(model);
    const { recipe, tokenizer, textOf, marks } = textsOf(model, template);
    const frame = { width: 64, height: 48 }, frames = Array(4).fill(frame);
    const clip = { type: "video", video: frames, fps: 2 } as const;
    const conversation = await planConversation(recipe, {
      messages: [
        { role: "user", content: [clip, { type: "text", text: "?" }, clip] },
        { role: "assistant", content: "the" },
      ],
      tokenizer,
      template,
      ...(model.axes && { rope: { ...ropeOfRecipe(recipe)!, perSecond: 2 } }),
    });
    const conversations = [
      { from: "human", value: "<ImageHere>?<ImageHere>" },
      { from: "gpt", value: "the" },
    ];
    const { row } = textOf({ conversations, images: [] }, conversation.images[0], "sample 1");
    assertEquals([...row!.ids].map(BigInt), [...conversation.input_ids.data]);
    assertEquals([...row!.types!].map(BigInt), [...conversation.mm_token_type_ids.data]);
    assertEquals(
      row!.positions && [...row!.positions].map(BigInt),
      conversation.position_ids && [
        ...conversation.position_ids.data as BigInt64Array,
      ],
    );
    assertEquals(learntText(row!.labels, tokenizer, marks), "the<|im_end|>|");
  });
}

const [QWEN] = CHAT_CASES;

Deno.test("modelTexts gives ids, kinds, labels and positions that are counted by hand", () => {
  const { textOf, tokenizer } = textsOf(QWEN, templateOf(QWEN));
  const picture = {
    ...{ tokens: 2, placeholder: "<|image_pad|><|image_pad|>", token: "<|image_pad|>" },
    tokenGrid: { steps: 1, rows: 1, columns: 2 },
  } as unknown as PlannedImage;
  const conversations = [{ from: "human", value: "<ImageHere>a" }, { from: "gpt", value: "b" }];
  const { text, row } = textOf({ conversations, images: ["p"] }, [picture], "sample 1");
  const mark = "<|vision_start|><|image_pad|><|vision_end|>";
  assertEquals(
    text,
    `<|im_start|>user\n${mark}a<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n`,
  );
  // <s> <|im_start|> u s e r \n <|vision_start|>: 8 tokens, then the picture's 2.
  const { ids, types, labels, spans, positions, ropeDelta } = row!;
  assertEquals(spans, [{ start: 8, length: 2, tokens: 2 }]);
  assertEquals([...types!].join(""), "0".repeat(8) + "11" + "0".repeat(ids.length - 10));
  // <|vision_end|> a <|im_end|> \n <|im_start|> a s s i s t a n t \n, then b <|im_end|>, and \n.
  const answer = 8 + 2 + 5 + 9 + 1;
  const b = tokenizer("b", false)[0], end = tokenizer.idOf!("<|im_end|>")!;
  const expected = new Int32Array(ids.length).fill(-100);
  expected.set([b, end], answer);
  assertEquals([ids.length, labels], [answer + 3, expected]);
  const after = Array.from({ length: ids.length - 10 }, (_, index) => 10 + index);
  const before = [0, 1, 2, 3, 4, 5, 6, 7];
  assertEquals([...positions!], [
    ...[...before, 8, 8, ...after],
    ...[...before, 8, 8, ...after],
    ...[...before, 8, 9, ...after],
  ]);
  assertEquals(ropeDelta, 0); // the picture is as long as it is wide: 2 tokens, 2 columns
});

Deno.test("modelTexts learns the roles that are asked for, and never a picture", () => {
  const talk = [...TURNS, { from: "tool", value: "4 the" }, { from: "gpt", value: "So." }];
  const cases: [Learn, string][] = [
    [["assistant"], "Hm.<|im_end|>|So.<|im_end|>|"],
    ["last", "So.<|im_end|>|"],
    [["human"], "the first,\n<|vision_start|>|<|vision_end|><|im_end|>|"],
    [["system", "tool"], "the the<|im_end|>|4 the<|im_end|>|"],
  ];
  for (const [learn, expected] of cases) {
    const { recipe, tokenizer, textOf, marks } = textsOf(QWEN, templateOf(QWEN), learn);
    const { images } = planSample(recipe, SIZES);
    const { row } = textOf({ conversations: talk, images: ["a", "b"] }, images, "sample 1");
    assertEquals(learntText(row!.labels, tokenizer, marks), expected);
  }
  const { recipe, textOf } = textsOf(QWEN, templateOf(QWEN), "all");
  const { row } = textOf({ conversations: talk, images: ["a", "b"] }, planSample(recipe, SIZES).images, "s");
  assertEquals(row!.labels, row!.ids.map((id, at) => row!.types![at] === 0 ? id : -100));
});

Deno.test("modelTexts puts a single picture without a mark first, and names what does not pair", () => {
  const { recipe, textOf } = textsOf(QWEN, templateOf(QWEN));
  const { images } = planSample(recipe, SIZES), [one] = images;
  const ask = (value: string) => [{ from: "human", value }, { from: "gpt", value: "!" }];
  const { text } = textOf({ conversations: ask("?"), images: ["a"] }, [one], "sample 1");
  assertEquals(text.includes("<|vision_end|>?"), true);
  const cases: [string, PlannedImage[], string, string, code?: string][] = [
    [
      "<ImageHere>",
      images,
      templateOf(QWEN),
      "sample 1: 2 pictures want one <ImageHere> each, in order, found 1 (1 in conversations[0])",
    ],
    [
      "<ImageHere>",
      [one],
      templateOf({}),
      "sample 1: the template chat_template writes <|image_pad|> nowhere for 1 picture or clip",
    ],
    [
      "<ImageHere>",
      [one],
      "{{ raise_exception('no') }}",
      "sample 1: the template chat_template fails: no",
    ],
    [
      "<ImageHere>",
      [one],
      "{{ range(10**18) }}",
      "sample 1: the template chat_template makes a list of more than 1048576 items, the most allowed",
      "limit",
    ],
  ];
  for (const [value, own, template, message, code = "dataset"] of cases) {
    const texts = textsOf(QWEN, template).textOf;
    const sample = { conversations: ask(value), images: own.map(() => "a") };
    const error = assertThrows(() => texts(sample, own, "sample 1"), VitrailError);
    assertEquals([error.code, error.message], [code, message]);
  }
});

Deno.test("modelTexts gives a template texts where it does not write lists of parts", () => {
  const template = `{% for m in messages %}<|im_start|>` +
    `{% if m.content is string %}{{ m.content }}{% elif m.role == "user" %}` +
    `{% for part in m.content %}{% if part.type == "text" %}{{ part.text }}{% else %}` +
    `<|image_pad|>{% endif %}{% endfor %}{% endif %}<|im_end|>{% endfor %}`;
  const { recipe, textOf } = textsOf(QWEN, template);
  const { images } = planSample(recipe, SIZES);
  const { text } = textOf({ conversations: TURNS, images: ["a", "b"] }, images, "sample 1");
  assertEquals(
    text,
    "<|im_start|>the the<|im_end|><|im_start|><|image_pad|>the first,\n<|image_pad|><|im_end|>" +
      "<|im_start|>Hm.<|im_end|>",
  );
});

Deno.test("modelTexts learns of all the text but the turns that the data set excepts", () => {
  const turns: Turn[] = [
    { from: "human", value: "<ImageHere>the first?", learnt: false },
    { from: "gpt", value: "Hm.", learnt: false },
    { from: "human", value: "So?" },
    { from: "gpt", value: "!" },
  ];
  const { recipe, tokenizer, textOf, marks } = textsOf(QWEN, templateOf(QWEN), "all");
  const { images: [image] } = planSample(recipe, SIZES);
  const { row } = textOf({ conversations: turns, images: ["a"] }, [image], "sample 1");
  const learnt = learntText(row!.labels, tokenizer, marks);
  assertEquals(["first", "Hm.", "So?", "!"].map((text) => learnt.includes(text)), [false, false, true, true]);
  const all = textOf({ conversations: turns.map(({ from, value }) => ({ from, value })), images: ["a"] }, [
    image,
  ], "s");
  assertEquals(learntText(all.row!.labels, tokenizer, marks).includes("Hm."), true);
});

Deno.test("modelTexts names a sample of which nothing would be learnt, where there are tokens", () => {
  const turns: Turn[] = [{ from: "human", value: "?" }, { from: "gpt", value: "!", learnt: false }];
  const sample = { conversations: turns, images: [] };
  const told = (learn: Learn, own = sample) => {
    const { textOf } = textsOf(QWEN, templateOf(QWEN), learn);
    return assertThrows(() => textOf(own, [], "sample 1"), VitrailError).message;
  };
  for (const learn of [["assistant", "tool"], "last"] as const) {
    assertEquals(
      told(learn),
      `sample 1: nothing is learnt: its data set excepts each turn that --learn ${learn} takes`,
    );
  }
  assertEquals(
    told(["assistant"], { ...sample, conversations: [turns[0], turns[0]] }),
    "sample 1: nothing is learnt: its turns are by human, and --learn assistant takes none of them",
  );
  const words = modelTexts({ recipe: "it", template: chatTemplate(templateOf({})), learn: ["assistant"] });
  assertEquals(words(sample, [], "s").row, undefined);
});
