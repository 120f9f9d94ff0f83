import { assertEquals } from "@std/assert";
import { conv2prompt, conv2text } from "../../../src/sft/text/conv2text.ts";

/** Every character that Python's `str.isspace` takes for white space. */
const PYTHON_SPACES = [
  ...[0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680],
  ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a],
  ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
];

/** One human turn's value as `conv2text` writes it. */
function valueIn(value: string): string {
  const { text } = conv2text.render([{ from: "human", value }]);
  return /^\[UNUSED_TOKEN_146\]user\n([^]*)\[UNUSED_TOKEN_145\]\n<\/s>$/.exec(text)![1];
}

Deno.test("conv2text strips values of what Python takes for white space, and of nothing else", () => {
  const spaces = new Set(PYTHON_SPACES);
  for (let code = 1; code < 0x10000; code++) {
    const character = String.fromCharCode(code);
    const expected = spaces.has(code) ? "a" + character + "b" : character + "a" + character + "b" + character;
    assertEquals(valueIn(character + "a" + character + "b" + character), expected, `U+${code.toString(16)}`);
  }
});

Deno.test("conv2text takes human, user and system for what they are, all else for the assistant", () => {
  const from = ["Human", "USER", "system", "System", "bot", "gpt", "Assistant", "humans"];
  const { text } = conv2text.render(from.map((from, index) => ({ from, value: `${index}` })));
  assertEquals(
    [...text.matchAll(/\[UNUSED_TOKEN_146\](\w+)\n(\d)/g)].map(([, head, value]) => value + head),
    [
      "0user",
      "1user",
      "2system",
      "3system",
      "4assistant",
      "5assistant",
      "6assistant",
      "7assistant",
    ],
  );
});

Deno.test("conv2text ends an answer with its end, and the last one with the text's", () => {
  const { text, answers } = conv2text.render([
    { from: "human", value: "a?" },
    { from: "bot", value: " b. " },
    { from: "human", value: "c?" },
    { from: "bot", value: "d." },
  ]);
  assertEquals(answers.map(([from, to]) => text.slice(from, to)), [
    "b.[UNUSED_TOKEN_145]",
    "d.[UNUSED_TOKEN_145]\n</s>",
  ]);
});

Deno.test("conv2text gives </s> to nobody where a human has the last word", () => {
  const { text, answers } = conv2text.render([
    { from: "human", value: "a?" },
    { from: "bot", value: "b." },
    { from: "human", value: "c?" },
  ]);
  assertEquals(answers.map(([from, to]) => text.slice(from, to)), ["b.[UNUSED_TOKEN_145]"]);
});

Deno.test("conv2prompt leaves values as they are, and ends with the head of the answer", () => {
  const rendered = conv2prompt.render([
    { from: "system", value: "You are." },
    { from: "user", value: " q " },
    { from: "bot", value: "a\n" },
    { from: "user", value: "q2" },
  ]);
  assertEquals(rendered, {
    text: "[UNUSED_TOKEN_146]system\nYou are.[UNUSED_TOKEN_145]\n" +
      "[UNUSED_TOKEN_146]user\n q [UNUSED_TOKEN_145]\n" +
      "[UNUSED_TOKEN_146]assistant\na\n[UNUSED_TOKEN_145]\n[UNUSED_TOKEN_146]user\nq2[UNUSED_TOKEN_145]\n" +
      "[UNUSED_TOKEN_146]assistant\n",
    answers: [],
  });
});
