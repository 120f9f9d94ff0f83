import { assertEquals, assertThrows } from "@std/assert";
import { type ErrorCode, VitrailError } from "../../../src/errors.ts";
import { conv2text } from "../../../src/sft/text/conv2text.ts";
import { type TokenRow, tokenRowOf } from "../../../src/sft/text/token_row.ts";
import type { Turn } from "../../../src/sft/data/sample.ts";
import type { Template } from "../../../src/sft/text/template.ts";
import type { Tokenizer } from "../../../src/text/tokenizer_file.ts";
import { toyTokenizers } from "../../support/sft/toy_tokenizers.ts";

const byText: Template = { ...conv2text, marks: undefined };

function row(
  turns: readonly Turn[],
  template: Template,
  tokenizer: Tokenizer,
  pictures: number[] = [],
): TokenRow {
  const sample = {
    id: 7,
    conversations: turns,
    images: pictures.map(String),
    pictures: pictures.map((tokens) => ({ tokens })),
  };
  return tokenRowOf(sample, { template, tokenizer, maxLength: 16384, pictureId: 2 });
}

/** The text that the byte tokenizer's labelled ids stand for; a bar where labels are interrupted. */
function learnt({ labels }: TokenRow): string {
  const bytes: number[] = [];
  const push = (text: string) => bytes.push(...new TextEncoder().encode(text));
  for (const [index, label] of labels.entries()) {
    if (label === -100) {
      if (index > 0 && labels[index - 1] !== -100) push("|");
    } else if (label === 92542) push("[END]");
    else if (label === 2) push("</s>");
    else bytes.push(label - 1000);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
}

const TALK: Turn[] = [
  { from: "human", value: "é?" },
  { from: "bot", value: "An été\n of 🐼." },
  { from: "human", value: "c?" },
  { from: "bot", value: "d" },
];

Deno.test("labelsByAnswers learns answers and what ends them, to the letter", () => {
  assertEquals(learnt(row(TALK, byText, toyTokenizers.byte)), "An été\n of 🐼.[END]|d[END]\n</s>");
});

Deno.test("labelsByMarks learns the same where the head of an answer is six tokens", () => {
  const { labels } = row(TALK, conv2text, toyTokenizers.word);
  assertEquals(labels, row(TALK, byText, toyTokenizers.word).labels);
  assertEquals(labels.filter((label) => label === 92542).length, 2);
});

Deno.test("labelsByMarks learns what is left of a longer head, as the reference does", () => {
  const labelled = learnt(row(TALK, conv2text, toyTokenizers.byte));
  assertEquals(labelled, "istant\nAn été\n of 🐼.[END]|istant\nd[END]\n</s>");
});

Deno.test("labelsByAnswers takes a system turn and two turns in a row for what they are", () => {
  const talk: Turn[] = [
    { from: "system", value: "s" },
    { from: "human", value: "a" },
    { from: "human", value: "b" },
    { from: "bot", value: "c" },
    { from: "bot", value: "d" },
    { from: "human", value: "e" },
  ];
  assertEquals(learnt(row(talk, byText, toyTokenizers.byte)), "c[END]|d[END]|");
  const { labels } = row(talk, conv2text, toyTokenizers.word);
  assertEquals(labels, row(talk, byText, toyTokenizers.word).labels);
});

Deno.test("labelsByAnswers takes a conversation that the assistant begins, with a picture before it", () => {
  const talk: Turn[] = [{ from: "bot", value: "a" }, { from: "human", value: "b" }, {
    from: "bot",
    value: "c",
  }];
  for (const template of [byText, conv2text]) {
    assertEquals(
      learnt(row(talk, template, toyTokenizers.byte, [5])).replaceAll("istant\n", ""),
      "a[END]|c[END]\n</s>",
    );
  }
});

Deno.test("labelsByAnswers learns no pictures inside an answer, but the words around them", () => {
  const talk: Turn[] = [{ from: "human", value: "a" }, { from: "bot", value: "b <ImageHere> c<ImageHere>" }];
  const made = row(talk, byText, toyTokenizers.byte, [3, 4]);
  assertEquals(learnt(made), "b | c|[END]\n</s>");
  assertEquals(made.spans.map(({ length }) => length), [3, 4]);
});

Deno.test("labelsByAnswers learns a token across the border of an answer where the border changes it", () => {
  // A tokenizer that joins a newline and the letter after it.
  const joined: Tokenizer = (text) =>
    [...text.matchAll(/\n\w|[^]/gu)].map(([piece]) => piece.codePointAt(piece.length - 1)!);
  const made = row([{ from: "human", value: "a" }, { from: "bot", value: "bc" }], byText, joined);
  const answer = [..."bc[UNUSED_TOKEN_145]\n</s>"].map((letter) => letter.codePointAt(0)!);
  assertEquals([...made.labels.filter((label) => label !== -100)], answer);
});

function assertThrown(make: () => void, code: ErrorCode, message: string): void {
  const error = assertThrows(make, VitrailError);
  assertEquals([error.code, error.message], [code, message]);
}

Deno.test("labelsByMarks names a value that holds a token that ends turns or rows", () => {
  const asked = (value: string): Turn[] => [{ from: "human", value }, { from: "bot", value: "b" }];
  assertThrown(
    () => row(asked("a[UNUSED_TOKEN_145]"), conv2text, toyTokenizers.word),
    "dataset",
    "sample 7: token 92542 ends each of 2 turns, found it 3 times; a value holds it",
  );
  assertThrown(
    () => row(asked("a </s>"), conv2text, toyTokenizers.word),
    "dataset",
    "sample 7: token 2 ends the row of 16 tokens, found it at 5; a value holds it",
  );
});

Deno.test("labelsByMarks finds out another model's tokenizer", () => {
  const letters: Tokenizer = (text) => [...text].map((letter) => letter.codePointAt(0)!);
  assertThrown(
    () => row(TALK, conv2text, letters),
    "usage",
    "the tokenizer never gives token 92542, with which the template ends a turn: it is another model's",
  );
  const marks = { end: 92542, eos: 3, header: 6 };
  assertThrown(
    () => row(TALK, { ...conv2text, marks }, toyTokenizers.word),
    "usage",
    "the tokenizer never gives token 3, with which the template ends a row: it is another model's",
  );
});

Deno.test("tokenRowOf learns of all the text but the turns that the data set excepts", () => {
  const { byte: tokenizer } = toyTokenizers;
  const conversations: Turn[] = [
    { from: "human", value: "<ImageHere>one?", learnt: false },
    { from: "gpt", value: "two", learnt: false },
    { from: "human", value: "three?" },
    { from: "gpt", value: "four" },
  ];
  const sample = { conversations, images: ["a"], pictures: [{ tokens: 3 }] };
  const options = { tokenizer, maxLength: 999, pictureId: 2, learn: "all" } as const;
  for (const template of [conv2text, byText]) {
    const whole = tokenRowOf(sample, { ...options, template });
    const text = learnt({
      ...whole,
      labels: whole.labels.map((label) => label < 1000 || label > 1255 ? -100 : label),
    });
    assertEquals(["one?", "two", "three?", "four"].map((own) => text.includes(own)), [
      false,
      false,
      true,
      true,
    ]);
  }
});
