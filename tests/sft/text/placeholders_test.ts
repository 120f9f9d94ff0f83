import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { conv2text } from "../../../src/sft/text/conv2text.ts";
import { textOf } from "../../../src/sft/text/placeholders.ts";
import type { Sample } from "../../../src/sft/data/sample.ts";
import type { Template } from "../../../src/sft/text/template.ts";

/** Turns' values between bars, so that a test can see what went where. */
const barred: Template = {
  name: "barred",
  placeholder: "<ImageHere>",
  lonePicture: "turn",
  special: "never",
  render: (turns) => ({ text: turns.map(({ value }) => `|${value}`).join(""), answers: [] }),
};

function sampleWith(values: readonly string[], images: readonly string[], id: string | number = 7): Sample {
  const conversations = values.map((value, index) => ({ from: index % 2 === 0 ? "human" : "bot", value }));
  return { id, conversations, images };
}

function messageOf(sample: Sample, context = {}, template = barred): string {
  const error = assertThrows(() => textOf(sample, template, context), VitrailError);
  assertEquals(error.code, "dataset");
  return error.message;
}

Deno.test("textOf pairs placeholders with pictures in order over all turns, the model's too", () => {
  const sample = sampleWith(["a <ImageHere>", "b<ImageHere><ImageHere>", "<ImageHere>"], [
    "1",
    "2",
    "3",
    "4",
  ]);
  assertEquals(textOf(sample, barred), "|a <ImageHere>|b<ImageHere><ImageHere>|<ImageHere>");
});

Deno.test("textOf puts a picture without a placeholder before the first human turn", () => {
  const sample = sampleWith(["a", "b"], ["1"]);
  assertEquals(textOf(sample, conv2text).startsWith("<ImageHere>[UNUSED_TOKEN_146]user\na"), true);
  assertEquals(textOf(sample, barred), "|<ImageHere>a|b");
  const system = { ...sample, conversations: [{ from: "system", value: "s" }, ...sample.conversations] };
  assertEquals(textOf(system, barred), "|s|<ImageHere>a|b");
});

Deno.test("textOf wants a placeholder for each of several pictures", () => {
  assertEquals(
    messageOf(sampleWith(["a", "b"], ["1", "2"])),
    "sample 7: 2 pictures want one <ImageHere> each, in order, found none",
  );
  assertEquals(
    messageOf(sampleWith(["<ImageHere>", "b", "<ImageHere><ImageHere>"], ["1", "2"], "x")),
    'sample "x": 2 pictures want one <ImageHere> each, in order, ' +
      "found 3 (1 in conversations[0], 2 in conversations[2])",
  );
});

Deno.test("textOf wants one placeholder or none for one picture, and none for none", () => {
  assertEquals(
    messageOf(sampleWith(["<ImageHere><ImageHere>"], ["1"])),
    "sample 7: 1 picture wants one <ImageHere>, or none, found 2 (2 in conversations[0])",
  );
  assertEquals(
    messageOf(sampleWith(["a", "<ImageHere>"], [])),
    "sample 7: no pictures want no <ImageHere>, found 1 (1 in conversations[1])",
  );
});

Deno.test("textOf calls the sample as it is told to, and takes a clip's frames for one picture", () => {
  const where = "sample 3 of data.json (line 12)";
  const clip = sampleWith(["<ImageHere> then?", "b"], ["1", "2", "3"]);
  assertEquals(textOf(clip, barred, { pictures: 1, where }), "|<ImageHere> then?|b");
  assertEquals(messageOf(clip, { where }).startsWith(`${where}: 3 pictures want`), true);
  const { id: _, ...nameless } = clip;
  assertEquals(messageOf(nameless).startsWith("a sample without an id: 3 pictures want"), true);
});

Deno.test("textOf finds out a template that drops a placeholder", () => {
  const first: Template = {
    ...barred,
    name: "first",
    render: (turns) => ({ text: turns[0].value, answers: [] }),
  };
  assertEquals(
    messageOf(sampleWith(["<ImageHere>", "<ImageHere>"], ["1", "2"]), {}, first),
    "sample 7: the template first writes <ImageHere> once for 2 pictures",
  );
});
