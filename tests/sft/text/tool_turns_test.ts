import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import type { Sample, ToolCall } from "../../../src/sft/data/sample.ts";
import { conv2text } from "../../../src/sft/text/conv2text.ts";
import { jinjaTemplate } from "../../../src/sft/text/jinja_template.ts";
import type { Learn } from "../../../src/sft/text/learnt_turns.ts";
import { modelTexts } from "../../../src/sft/text/model_text.ts";
import { textOf } from "../../../src/sft/text/placeholders.ts";
import { chatTemplate } from "../../../src/text/chat_template.ts";
import { tokenizerOf } from "../../../src/text/tokenizer_file.ts";
import { tokenizerJson } from "../../support/sft/byte_tokenizer.ts";
import { learntText } from "../../support/sft/learnt_text.ts";

const MARKS = ["<|im_start|>", "<|im_end|>"];

function called(name: string, args: Record<string, unknown>): ToolCall {
  return { type: "function", function: { name, arguments: args } };
}

/** A conversation whose model calls tools beside words and without any. */
const SAMPLE: Sample = {
  conversations: [
    { from: "human", value: "Rain?" },
    { from: "gpt", value: "I ask.", fields: { tool_calls: [called("place", { here: true })] } },
    { from: "tool", value: "Paris" },
    {
      from: "gpt",
      value: "",
      fields: { tool_calls: [called("rain", { at: "Paris", days: 2 }), called("rain", { at: 'a "b"' })] },
    },
    { from: "tool", value: "no" },
    { from: "tool", value: "yes" },
    { from: "gpt", value: "No." },
    { from: "human", value: "Thanks." },
    { from: "gpt", value: "Bye." },
  ],
  images: [],
  tools: [
    { type: "function", function: { name: "place", description: "«here»" } },
    { type: "function", function: { name: "rain", parameters: { type: "object", properties: {} } } },
  ],
};

/** A template in the manner of Qwen3-VL's: tools first, calls as JSON, answers in a user's turn. */
const AS_JSON = `{% if tools %}<|im_start|>system
{% for tool in tools %}{{ tool | tojson }}
{% endfor %}<|im_end|>
{% endif %}{% for m in messages %}{% if m.role == "tool" %}` +
  `{% if messages[loop.index0 - 1].role != "tool" %}<|im_start|>user{% endif %}{{ "\\n<answer>" }}` +
  `{% if m.content is string %}{{ m.content }}{% else %}{{ m.content[0].text }}{% endif %}</answer>` +
  `{% if loop.last or messages[loop.index0 + 1].role != "tool" %}<|im_end|>\n{% endif %}` +
  `{% else %}<|im_start|>{{ m.role }}
{% if m.content is string %}{{ m.content }}{% else %}{{ m.content[0].text }}{% endif %}` +
  `{% for call in m.tool_calls or [] %}{% if m.content or not loop.first %}{{ "\\n" }}{% endif %}` +
  `<call>{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}</call>` +
  `{% endfor %}<|im_end|>\n{% endif %}{% endfor %}` +
  `{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}`;

/** One in the manner of Qwen3.5's: arguments one by one, and an empty thought in what asks for an answer. */
const ONE_BY_ONE = `{% for tool in tools %}{{ tool.function.name }};{% endfor %}
{% set last = namespace(at=0) %}{% for m in messages %}{% if m.role == "user" %}` +
  `{% set last.at = loop.index0 %}{% endif %}{% endfor %}` +
  `{% for m in messages %}<|im_start|>{{ m.role }}
{% if m.role == "assistant" and loop.index0 > last.at %}<think>\n\n</think>{% endif %}` +
  `{% if m.content is string %}{{ m.content }}{% else %}{{ m.content[0].text }}{% endif %}` +
  `{% for call in m.tool_calls or [] %}<call={{ call.function.name }}>` +
  `{% for name, value in call.function.arguments | items %}<{{ name }}>{{ value | string }}{% endfor %}` +
  `{% endfor %}<|im_end|>\n{% endfor %}` +
  `{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n\n</think>{% endif %}`;

/**
 * One in the manner of Gemma 4's: a tool's answer stands behind its call, with the tool's name again, and the
 * model's turn goes on.
 */
const ONE_TURN = `{% for m in messages %}{% if m.role != "tool" %}{% set before = namespace(role=none) %}` +
  `{% for other in messages[:loop.index0] %}{% if other.role != "tool" %}` +
  `{% set before.role = other.role %}{% endif %}{% endfor %}` +
  `{% if not (m.role == "assistant" and before.role == "assistant") %}<turn>{{ m.role }}\n{% endif %}` +
  `{% for call in m.get("tool_calls") or [] %}<call>{{ call.function.name }}(` +
  `{% for name, value in call.function.arguments | dictsort %}{{ name }}:{{ value }};{% endfor %})</call>` +
  `{% endfor %}{% set answers = namespace(go=true, any=false) %}` +
  `{% for other in messages[loop.index0 + 1:] if m.get("tool_calls") %}` +
  `{% if other.role != "tool" %}{% set answers.go = false %}{% elif answers.go %}` +
  `{% set answers.any = true %}<answer>{{ m.tool_calls[0].function.name }}=` +
  `{% if other.content is string %}{{ other.content }}{% else %}{{ other.content[0].text }}{% endif %}` +
  `</answer>{% endif %}{% endfor %}` +
  `{% if m.content is string %}{{ m.content }}{% else %}{{ m.content[0].text }}{% endif %}` +
  `{% if m.get("tool_calls") and not answers.any %}<answer>` +
  `{% elif m.content or not answers.any %}</turn>\n{% endif %}{% endif %}{% endfor %}` +
  `{% if add_generation_prompt and messages[-1].role != "tool" %}` +
  `<turn>assistant\n<thought>\n</thought>{% endif %}`;

function learntOf(template: string, learn: Learn, sample = SAMPLE): string {
  const { tokenizer } = tokenizerOf(tokenizerJson(MARKS));
  const textOf = modelTexts({ recipe: "it", template: chatTemplate(template), tokenizer, learn });
  return learntText(textOf(sample, [], "sample 1").row!.labels, tokenizer, MARKS);
}

Deno.test("modelTexts writes tools, calls and answers as the template does, with Python's JSON", () => {
  const textOf = modelTexts({ recipe: "it", template: chatTemplate(AS_JSON), learn: ["assistant"] });
  assertEquals(
    textOf(SAMPLE, [], "sample 1").text,
    `<|im_start|>system
{"type": "function", "function": {"name": "place", "description": "«here»"}}
{"type": "function", "function": {"name": "rain", "parameters": {"type": "object", "properties": {}}}}
<|im_end|>
<|im_start|>user
Rain?<|im_end|>
<|im_start|>assistant
I ask.
<call>{"name": "place", "arguments": {"here": true}}</call><|im_end|>
<|im_start|>user
<answer>Paris</answer><|im_end|>
<|im_start|>assistant
<call>{"name": "rain", "arguments": {"at": "Paris", "days": 2}}</call>
<call>{"name": "rain", "arguments": {"at": "a \\"b\\""}}</call><|im_end|>
<|im_start|>user
<answer>no</answer>
<answer>yes</answer><|im_end|>
<|im_start|>assistant
No.<|im_end|>
<|im_start|>user
Thanks.<|im_end|>
<|im_start|>assistant
Bye.<|im_end|>
`,
  );
});

Deno.test("modelTexts learns calls as the model's turns, and no tool's answer", () => {
  const json = `I ask.\n<call>{"name": "place", "arguments": {"here": true}}</call><|im_end|>|` +
    `<call>{"name": "rain", "arguments": {"at": "Paris", "days": 2}}</call>\n` +
    `<call>{"name": "rain", "arguments": {"at": "a \\"b\\""}}</call><|im_end|>|No.<|im_end|>|Bye.<|im_end|>|`;
  assertEquals(learntOf(AS_JSON, ["assistant"]), json);
  assertEquals(learntOf(AS_JSON, ["tool"]), "Paris</answer><|im_end|>|no</answer>|yes</answer><|im_end|>|");
  assertEquals(
    learntOf(ONE_BY_ONE, ["assistant"]),
    "I ask.<call=place><here>True<|im_end|>|" +
      `<call=rain><at>Paris<days>2<call=rain><at>a "b"<|im_end|>|No.<|im_end|>|Bye.<|im_end|>|`,
  );
});

Deno.test("modelTexts learns calls whose answers stand in the model's own turn", () => {
  const [asks, says, ...others] = SAMPLE.conversations;
  const silent = { ...SAMPLE, tools: undefined, conversations: [asks, { ...says, value: "" }, ...others] };
  assertEquals(
    modelTexts({ recipe: "it", template: chatTemplate(ONE_TURN), learn: [] })(silent, [], "sample 1").text,
    `<turn>user
Rain?</turn>
<turn>assistant
<call>place(here:true;)</call><answer>place=Paris</answer>` +
      `<call>rain(at:Paris;days:2;)</call><call>rain(at:a "b";)</call>` +
      `<answer>rain=no</answer><answer>rain=yes</answer>No.</turn>
<turn>user
Thanks.</turn>
<turn>assistant
Bye.</turn>
`,
  );
  assertEquals(
    learntOf(ONE_TURN, ["assistant"], silent),
    `<call>place(here:true;)</call><answer>|<call>rain(at:Paris;days:2;)</call>` +
      `<call>rain(at:a "b";)</call><answer>|No.</turn>|Bye.</turn>|`,
  );
  assertEquals(learntOf(ONE_TURN, ["tool"], silent), "Paris</answer>|no</answer>|yes</answer>|");
  // Words beside a call stand behind its answer: nobody knows what the model is to write first.
  assertThrows(
    () => learntOf(ONE_TURN, ["assistant"], { ...SAMPLE, tools: undefined }),
    VitrailError,
    "turn 2 of 9",
  );
});

Deno.test("jinjaTemplate writes a sample's tools and calls, too", () => {
  const template = jinjaTemplate(AS_JSON);
  const { text, answers } = template.render(SAMPLE.conversations, undefined, SAMPLE.tools);
  assertEquals(text, modelTexts({ recipe: "it", template, learn: [] })(SAMPLE, [], "s").text);
  assertEquals(answers.map(([from, to]) => text.slice(from, to)).at(-1), "Bye.<|im_end|>");
  assertEquals(textOf(SAMPLE, template), text);
});

Deno.test("requireToolsWritten names a template that leaves tools or calls out", () => {
  const blind = `{% for m in messages %}{{ m.content[0].text if m.content else "" }}{% endfor %}`;
  const { conversations, tools, images } = SAMPLE;
  const texts = modelTexts({ recipe: "it", template: chatTemplate(blind), learn: [] });
  const cases: [() => unknown, string][] = [
    [
      () => texts(SAMPLE, [], "sample 1"),
      'chat_template does not write the tool "place"; give a --template that does',
    ],
    [
      () => texts({ conversations, images }, [], "sample 1"),
      'chat_template does not write the call of "place"',
    ],
    [
      () => textOf({ conversations, images }, conv2text, { where: "sample 1" }),
      'conv2text does not write the call of "place"',
    ],
    [
      () => textOf({ conversations: [], images, tools }, conv2text, { where: "sample 1" }),
      'conv2text does not write the tool "place"',
    ],
  ];
  for (const [run, words] of cases) {
    const error = assertThrows(run, VitrailError);
    assertEquals(error.code, "dataset");
    assertEquals(error.message.startsWith(`sample 1: the template ${words}`), true, error.message);
  }
});

/** A user's words that hold a tool's name, and an answer by it. */
const SEARCHED = [{ from: "human", value: "search for a cat" }, {
  from: "gpt",
  value: "I search.",
  fields: { tool_calls: [called("search", { for: "cat" }), called("search", { for: "cats" })] },
}];

Deno.test("requireToolsWritten is not misled by other texts, and takes names that JSON escapes", () => {
  const content = `{{ m.role }}: {{ m.content[0].text if m.content else "" }}`;
  const calls = (list: string) => `{% for c in ${list} %}{{ c.function | tojson }}{% endfor %}`;
  const tools = [{ type: "function", function: { name: "search" } }];
  const each = (own: string) => `{% for m in messages %}${content}${own}{% endfor %}`;
  const listed = "{{ tools | tojson }}", first = calls("(m.tool_calls or [])[:1]");
  const calling = { conversations: SEARCHED, tools },
    quoted = 'say "it"',
    odd = [{ type: "function", function: { name: quoted } }];
  const odds = [{ ...SEARCHED[1], fields: { tool_calls: [called(quoted, {})] } }];
  const asked = [SEARCHED[0]];
  const byId = each("{% for c in m.tool_calls or [] %}{{ c.function.arguments | tojson }}{% endfor %}");
  const cases: [string, Pick<Sample, "conversations" | "tools">, string | undefined][] = [
    [each(""), { conversations: asked, tools }, 'the tool "search"'],
    [listed + each(""), { conversations: asked, tools }, undefined],
    [listed + each(""), calling, 'the call of "search"'],
    [
      listed + each(first),
      calling,
      'the call of "search"',
    ],
    [listed + each(calls("m.tool_calls or []")), calling, undefined],
    [listed + each(calls("m.tool_calls or []")), { conversations: odds, tools: odd }, undefined],
    [byId, { conversations: SEARCHED }, undefined],
  ];
  for (const [source, sample, lacking] of cases) {
    const texts = modelTexts({ recipe: "it", template: chatTemplate(source), learn: ["human"] });
    const run = () => texts({ ...sample, images: [] }, [], "sample 1").text;
    if (lacking === undefined) assertEquals(run(), run());
    else {
      const { message } = assertThrows(run, VitrailError);
      assertEquals(message.includes(`does not write ${lacking}`), true, message);
    }
  }
});
