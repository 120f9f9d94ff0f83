import { assertEquals, assertThrows } from "@std/assert";
import { type ErrorCode, VitrailError } from "../../../src/errors.ts";
import type { ImageText } from "../../../src/plan/image_text.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { chatTemplate } from "../../../src/text/chat_template.ts";
import { expandIds } from "../../../src/text/expansion/expand_ids.ts";
import { expandText } from "../../../src/text/expansion/expand_text.ts";
import { readMessages } from "../../../src/text/messages.ts";
import { CHAT_CASES, TALK, templateOf, tokenizerOfCase } from "../../support/text/chat_cases.ts";

const SIZES = [{ width: 200, height: 120 }, { width: 60, height: 150 }];
const NAMES = { recipe: "it", template: "chat_template", where: "messages" };

for (const model of CHAT_CASES) {
  Deno.test(`expandIds puts the placeholders' ids among those of a text of ${model.model}`, () => {
    const { images } = planSample(recipeFromConfig(model.config), SIZES);
    const { tokenizer } = tokenizerOfCase(model);
    const text = chatTemplate(templateOf(model)).write(readMessages(TALK).messages, false);
    const { ids, types, spans } = expandIds(tokenizer(text, true), images, tokenizer, NAMES);
    const mark = images[0].mark ?? images[0].token!;
    const expected = text.split(mark).flatMap((part, index) => [
      ...(index === 0 ? [] : tokenizer(images[index - 1].placeholder!, false)),
      ...tokenizer(part, index === 0),
    ]);
    assertEquals([...ids], expected);
    const whole = expandText(text, images, tokenizer, NAMES);
    assertEquals([spans.length, types.length], [2, ids.length]);
    for (const [index, { offset, length, tokens }] of spans.entries()) {
      const there = whole.spans[index], to = there.offset + there.length;
      assertEquals([...ids.slice(offset, offset + length)], [...whole.ids.slice(there.offset, to)]);
      assertEquals([...types.slice(offset, offset + length)], [...whole.types.slice(there.offset, to)]);
      assertEquals(tokens, there.tokens);
    }
  });
}

/** A tokenizer of letters, where `<…>` is one token. */
const MARKS = ["<image>", "<pad>", "<begin>", "<end>"];
const { tokenizer: LETTERS } = tokenizerOfCase({ marks: MARKS });

function expanded(text: string, images: readonly ImageText[]) {
  return expandIds(LETTERS(text, false), images, LETTERS, NAMES);
}

Deno.test("expandIds finds a mark of several tokens, and leaves other ids alone", () => {
  const clip = { tokens: 2, placeholder: "1s<pad><pad>", token: "<pad>", mark: "<begin><image><end>" };
  const { ids, spans } = expanded("<begin>a<begin><image><end><end>", [clip]);
  assertEquals([...ids], LETTERS("<begin>a1s<pad><pad><end>", false));
  assertEquals(spans, [{ image: 0, offset: 4, length: 2, tokens: 2 }]);
});

Deno.test("expandIds and expandText take a mark without what belongs around it", () => {
  const clip = { tokens: 1, placeholder: "1s<begin><pad><end>", token: "<pad>" };
  const marked = { ...clip, mark: "<begin><pad><end>", bareMark: "<pad>" };
  const whole = LETTERS("a1s<begin><pad><end>b<begin>1s<begin><pad><end>c", false);
  const text = "a<begin><pad><end>b<begin><pad>c";
  assertEquals([...expanded(text, [marked, marked]).ids], [...whole]);
  const plain = Object.assign((text: string) => LETTERS(text, false), { idOf: LETTERS.idOf });
  assertEquals(expandText(text, [marked, marked], plain, NAMES), expanded(text, [marked, marked]));
  const error = assertThrows(() => expanded("<pad>", [marked, marked]), VitrailError);
  assertEquals(error.message.includes("writes <begin><pad><end> once for 2 pictures"), true);
});

Deno.test("expandIds joins the marks between two pictures where their processor does", () => {
  const image = { tokens: 1, placeholder: "<begin><image><begin>", token: "<image>", joined: true } as const;
  const { ids, spans } = expanded("<image><image>", [image, image]);
  assertEquals([...ids], LETTERS("<begin><image><begin><image><begin>", false));
  assertEquals(spans.map(({ offset, length }) => [offset, length]), [[0, 3], [3, 2]]);
});

Deno.test("expandIds names what does not pair", () => {
  const image = { tokens: 2, placeholder: "<pad><pad>", token: "<pad>", mark: "<image>" };
  const cases: [string, ImageText[], ErrorCode, RegExp][] = [
    ["a", [image], "dataset", /writes <image> nowhere for 1 picture or clip$/],
    ["<image><image>", [image], "dataset", /writes <image> 2 times for 1 picture or clip; does a text hold/],
    ["<image>", [{ ...image, token: "<other>" }], "usage", /the tokenizer has no token <other>/],
  ];
  for (const [text, images, code, message] of cases) {
    const error = assertThrows(() => expanded(text, images), VitrailError);
    assertEquals([error.code, message.test(error.message)], [code, true], error.message);
  }
});
