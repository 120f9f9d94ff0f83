import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type ErrorCode, VitrailError } from "../../../src/errors.ts";
import { readChatTemplate } from "../../../src/sft/text/chat_template_file.ts";
import { type JinjaOptions, jinjaTemplate } from "../../../src/sft/text/jinja_template.ts";
import { textOf } from "../../../src/sft/text/placeholders.ts";
import { tokenRowOf } from "../../../src/sft/text/token_row.ts";
import type { Sample, Turn } from "../../../src/sft/data/sample.ts";
import type { Template } from "../../../src/sft/text/template.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** ChatML, with the system turn that a model has where the conversation has none. */
const CHATML = `{%- if messages[0].role != 'system' -%}
<|im_start|>system
You help.<|im_end|>
{% endif -%}
{% for message in messages -%}
<|im_start|>{{ message.role }}
{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content -%}
{% if part.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part.text }}{% endif %}
{%- endfor %}{% endif %}<|im_end|>
{% endfor -%}
{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;

/** A template that strips values, ends answers with eos_token and refuses turns that do not alternate. */
const INST = `{{ bos_token }}{% for message in messages %}` +
  `{% if (message.role == 'user') != (loop.index0 % 2 == 0) %}` +
  `{{ raise_exception('roles must alternate') }}{% endif %}` +
  `{% if message.role == 'user' %}[INST] {{ message.content | trim }} [/INST]` +
  `{% else %} {{ message.content | trim }}{{ eos_token }}{% endif %}{% endfor %}`;

const TALK: Turn[] = [
  { from: "human", value: "a <ImageHere>?" },
  { from: "bot", value: "b" },
  { from: "human", value: "c" },
  { from: "bot", value: " d " },
];

function answersOf(template: Template, turns: readonly Turn[]): string[] {
  const { text, answers } = template.render(turns);
  return answers.map(([from, to]) => text.slice(from, to));
}

Deno.test("jinjaTemplate writes a conversation as apply_chat_template does, and finds answers", () => {
  const template = jinjaTemplate(CHATML);
  assertEquals(
    template.render(TALK).text,
    "<|im_start|>system\nYou help.<|im_end|>\n<|im_start|>user\na <ImageHere>?<|im_end|>\n" +
      "<|im_start|>assistant\nb<|im_end|>\n<|im_start|>user\nc<|im_end|>\n" +
      "<|im_start|>assistant\n d <|im_end|>\n",
  );
  assertEquals(answersOf(template, TALK), ["b<|im_end|>", " d <|im_end|>"]);
});

Deno.test("jinjaTemplate takes variables, values that it strips, and ends of its own", () => {
  const template = jinjaTemplate(INST, { variables: { bos_token: "<s>", eos_token: "</s>" } });
  assertEquals(template.render(TALK).text, "<s>[INST] a <ImageHere>? [/INST] b</s>[INST] c [/INST] d</s>");
  assertEquals(answersOf(template, TALK), [" b</s>", " d</s>"]);
});

Deno.test("jinjaTemplate writes pictures as parts, under the template's own mark", () => {
  const template = jinjaTemplate(CHATML, { picture: "<|image_pad|>" });
  const sample: Sample = { conversations: TALK, images: ["a.jpg"] };
  assertEquals(
    textOf(sample, template).split("<|im_end|>\n")[1],
    "<|im_start|>user\na <|vision_start|><|image_pad|><|vision_end|>?",
  );
});

Deno.test("jinjaTemplate puts a picture without a placeholder before the first human turn's words", () => {
  const conversations = [{ from: "system", value: "s" }, { from: "human", value: "q" }];
  for (const [picture, mark] of [[undefined, "<ImageHere>"], ["<|image_pad|>", "<|image_pad|>"]] as const) {
    const text = textOf({ conversations, images: ["a.jpg"] }, jinjaTemplate(CHATML, { picture }));
    assertEquals(text.replaceAll(/<\|vision_\w+\|>/g, "").split("<|im_end|>\n"), [
      "<|im_start|>system\ns",
      `<|im_start|>user\n${mark}q`,
      "",
    ]);
  }
});

Deno.test("jinjaTemplate ends a prompt with the head of the answer", () => {
  const template = jinjaTemplate(CHATML, { generationPrompt: true });
  const text = template.render(TALK.slice(0, 3)).text;
  assertEquals(text.endsWith("c<|im_end|>\n<|im_start|>assistant\n"), true);
});

Deno.test("jinjaTemplate has the template write its special tokens, and labels are the answers'", () => {
  const letters = (text: string, special: boolean) => {
    assertEquals(special, false);
    return [...text].map((letter) => letter.codePointAt(0)!);
  };
  const sample = { conversations: TALK, images: ["a.jpg"], pictures: [{ tokens: 5 }] };
  const row = tokenRowOf(sample, {
    template: jinjaTemplate(CHATML),
    tokenizer: letters,
    maxLength: 1000,
    pictureId: 0,
  });
  const learnt = row.labels.filter((label) => label !== -100);
  assertEquals(String.fromCodePoint(...learnt), "b<|im_end|> d <|im_end|>");
  assertEquals(row.ids.filter((id) => id === 0).length, 5);
});

function assertThrown(make: () => unknown, code: ErrorCode, message: string): void {
  const error = assertThrows(make, VitrailError);
  assertEquals([error.code, error.message], [code, message]);
}

Deno.test("jinjaTemplate gives what the template refuses as the sample's error", () => {
  const conversations = [TALK[0], TALK[2]];
  assertThrown(
    () => textOf({ id: 7, conversations, images: ["a.jpg"] }, jinjaTemplate(INST, { name: "inst" })),
    "dataset",
    "sample 7: the template inst fails: roles must alternate",
  );
});

Deno.test("jinjaTemplate finds out a template that rewrites turns as others follow", () => {
  const source =
    "{% for m in messages %}{% if loop.last or m.role == 'user' %}{{ m.content }};{% endif %}{% endfor %}";
  assertThrown(
    () => jinjaTemplate(source, { name: "last.jinja" }).render(TALK),
    "dataset",
    "the template last.jinja leaves turn 2 of 4 out, or writes it so that what is to be learnt cannot be " +
      "found",
  );
});

Deno.test("jinjaTemplate finds out a template that is not Jinja", () => {
  const error = assertThrows(() => jinjaTemplate("{% for m in messages %}a", { name: "x" }), VitrailError);
  assertEquals(error.code, "usage");
  assertEquals(error.message.startsWith("the template x is not Jinja: "), true, error.message);
});

/** Renders the conversation by a template file of that name and text, `tokenizer_config.json` beside it. */
async function textWith(
  name: string,
  text: string,
  config?: object,
  options?: JinjaOptions,
): Promise<string> {
  return await inFolder(async (folder) => {
    if (config) await Deno.writeTextFile(`${folder}/tokenizer_config.json`, JSON.stringify(config));
    if (text !== "") await Deno.writeTextFile(`${folder}/${name}`, text);
    return (await readChatTemplate(`${folder}/${name}`, options)).render(TALK).text;
  });
}

Deno.test("readChatTemplate reads a tokenizer's config, a template's JSON, or Jinja", async () => {
  const marks = { bos_token: "<b>", eos_token: { content: "<e>", lstrip: false } };
  const expected = "<b>[INST] a <ImageHere>? [/INST] b<e>[INST] c [/INST] d<e>";
  const several = [{ name: "tool_use", template: "no" }, { name: "default", template: INST }];
  assertEquals(await textWith("tokenizer_config.json", "", { ...marks, chat_template: INST }), expected);
  assertEquals(await textWith("tokenizer_config.json", "", { ...marks, chat_template: several }), expected);
  assertEquals(
    await textWith("chat_template.json", JSON.stringify({ chat_template: INST }), marks),
    expected,
  );
  assertEquals(await textWith("chat_template.jinja", INST, marks), expected);
  const variables = { bos_token: "<B>" };
  assertEquals(await textWith("a.jinja", INST, marks, { variables }), expected.replace("<b>", "<B>"));
});

Deno.test("readChatTemplate names a file that is missing, broken or without a template", async () => {
  const cases: [string, string, ErrorCode, RegExp][] = [
    ["a.jinja", "", "io", /^cannot read the chat template .*a\.jinja: it does not exist$/],
    ["a.json", "{", "usage", /^the chat template .*a\.json is not JSON: /],
    ["a.json", "[]", "usage", /^the chat template .*a\.json is not a JSON object$/],
    ["a.json", "{}", "usage", /a\.json has no chat_template, a text or a list of named ones$/],
    [
      "a.json",
      '{"chat_template": [{"name": "rag"}]}',
      "usage",
      /a\.json has no chat_template called default, of 1$/,
    ],
  ];
  for (const [name, text, code, message] of cases) {
    const error = await assertRejects(() => textWith(name, text), VitrailError);
    assertEquals([error.code, message.test(error.message)], [code, true], error.message);
  }
});

Deno.test("jinjaTemplate takes a clock of one's own, and not a byte more", () => {
  const source = "\n{{ strftime_now('%d %B %Y') }}\n{% for m in messages %}{{ m.content }}{% endfor %}";
  const strftimeNow = (format: string) => `<${format}>`;
  const { text } = jinjaTemplate(source, { strftimeNow }).render([{ from: "human", value: "a" }]);
  assertEquals(text, "\n<%d %B %Y>\na");
});
