import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { type ChatMessage, textMessages } from "../../../src/sft/text/chat_messages.ts";
import { TurnFinder } from "../../../src/sft/text/turn_finder.ts";
import { type ChatTemplate, chatTemplate } from "../../../src/text/chat_template.ts";

const TALK = textMessages([
  { from: "system", value: "s" },
  { from: "human", value: " q? " },
  { from: "gpt", value: "a\n\n" },
  { from: "human", value: "a" },
  { from: "gpt", value: "b <end>" },
]);

/** Templates in the manner of models', each with what it has TALK's answers be. */
const TEMPLATES: [about: string, source: string, answers: string[]][] = [
  [
    "strips contents",
    "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}<end>\n{% endfor %}" +
    "{% if add_generation_prompt %}<assistant>{% endif %}",
    ["a<end>", "b <end><end>"],
  ],
  [
    "puts the system's words into the first question, and calls the assistant a model",
    "<bos>{% if messages[0].role == 'system' %}{% set first = messages[0].content + '; ' %}" +
    "{% set rest = messages[1:] %}{% else %}{% set first = '' %}{% set rest = messages %}{% endif %}" +
    "{% for m in rest %}<start>{{ 'model' if m.role == 'assistant' else 'user' }}\n" +
    "{{ first if loop.first else '' }}{{ m.content | trim }}<stop>\n{% endfor %}" +
    "{% if add_generation_prompt %}<start>model\n{% endif %}",
    ["a<stop>", "b <end><stop>"],
  ],
  [
    "ends answers alone, and asks for none",
    "{% for m in messages %}{% if m.role == 'assistant' %} {{ m.content }}</s>{% else %}" +
    "[INST]{{ m.content }}[/INST]{% endif %}{% endfor %}",
    [" a\n\n</s>", " b <end></s>"],
  ],
  [
    "begins the last answer with a thought, and asks for one",
    "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' and loop.last %}<think>\n\n</think>" +
    "{% endif %}{{ m.content }}<end>{% endfor %}" +
    "{% if add_generation_prompt %}<assistant><think>\n{% endif %}",
    ["a\n\n<end>", "\n</think>b <end><end>"],
  ],
  [
    "ends the last answer alone",
    "{% for m in messages %}\n{{ m.role }}: {{ m.content }}{% if loop.last %}<end>{% endif %}{% endfor %}" +
    "{% if add_generation_prompt %}\nassistant: {% endif %}",
    ["a\n\n", "b <end><end>"],
  ],
  [
    "writes a text of its own for a content",
    "{% for m in messages %}<{{ m.role }}>{{ 'A' if m.content == 'a' else m.content }}<end>{% endfor %}" +
    "{% if add_generation_prompt %}<assistant>{% endif %}",
    ["a\n\n<end>", "b <end><end>"],
  ],
];

function answersOf(template: ChatTemplate, messages: readonly ChatMessage[]): string[] {
  const learnt = messages.map(({ role }) => role === "assistant");
  const { text, answers } = new TurnFinder(template).render(messages, learnt);
  assertEquals(text, template.write(messages, false));
  return answers.map(([from, to]) => text.slice(from, to));
}

for (const [about, source, answers] of TEMPLATES) {
  Deno.test(`TurnFinder finds the answers of a template that ${about}`, () => {
    assertEquals(answersOf(chatTemplate(source), TALK), answers);
  });
}

Deno.test("TurnFinder finds answers whose thoughts a template drops, but for the last one's", () => {
  const template = chatTemplate(
    `{% for m in messages %}<{{ m.role }}>{% set parts = m.content.split("</think>") %}` +
      `{% if m.role == "assistant" and loop.last %}<think>` +
      `{{ parts[0].split("<think>")[-1] if parts | length > 1 }}</think>{% endif %}{{ parts[-1] }}<end>` +
      `{% endfor %}{% if add_generation_prompt %}<assistant><think>{% endif %}`,
  );
  const thinking = textMessages([
    { from: "human", value: "q" },
    { from: "gpt", value: "<think>h</think>a" },
    { from: "human", value: "r" },
    { from: "gpt", value: "<think>i</think>b" },
  ]);
  assertEquals(answersOf(template, thinking), ["a<end>", "i</think>b<end>"]);
  assertEquals(answersOf(template, thinking.slice(0, 2)), ["h</think>a<end>"]);
});

Deno.test("TurnFinder asks a template once for each structure, and once for each conversation", () => {
  let asked = 0;
  const template = chatTemplate(TEMPLATES[0][1]);
  const finder = new TurnFinder({
    ...template,
    write(messages, generationPrompt) {
      asked++;
      return template.write(messages, generationPrompt);
    },
  });
  const render = (answer: string) =>
    finder.render([...TALK.slice(0, 2), { role: "assistant", content: answer }], [false, false, true]);
  render("one");
  const first = asked;
  for (let i = 0; i < 10; i++) {
    const { text, answers: [[from, to]] } = render(`answer ${i}`);
    assertEquals(text.slice(from, to), `answer ${i}<end>`);
  }
  assertEquals([first, asked], [5, 15]);
});

Deno.test("TurnFinder names a template that hides what is learnt", () => {
  const source = "{% for m in messages %}{% if loop.last %}{{ m.content }}{% endif %}{% endfor %}";
  const finder = new TurnFinder(chatTemplate(source, { name: "last" }));
  const error = assertThrows(() => finder.render(TALK, TALK.map(() => true)), VitrailError);
  assertEquals(
    [error.code, error.message],
    [
      "dataset",
      "the template last leaves turn 1 of 5 out, or writes it so that what is to be learnt cannot be found",
    ],
  );
});
