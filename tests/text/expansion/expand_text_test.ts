import { assertEquals, assertThrows } from "@std/assert";
import { type ErrorCode, VitrailError } from "../../../src/errors.ts";
import type { ImageText } from "../../../src/plan/image_text.ts";
import type { PlannedImage } from "../../../src/plan/plan.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { chatTemplate } from "../../../src/text/chat_template.ts";
import { expandText } from "../../../src/text/expansion/expand_text.ts";
import { readMessages } from "../../../src/text/messages.ts";
import {
  CHAT_CASES,
  type ChatCase,
  TALK,
  templateOf,
  tokenizerOfCase,
} from "../../support/text/chat_cases.ts";

const SIZES = [{ width: 200, height: 120 }, { width: 60, height: 150 }];

function textOfCase(model: ChatCase): string {
  const { messages } = readMessages(TALK);
  return chatTemplate(templateOf(model)).write(messages, true);
}

/** The text with each mark replaced by its placeholder, as Python's processors tokenize it. */
function wholeText(text: string, images: readonly PlannedImage[]): string {
  const left = [...images];
  const mark = images[0].mark ?? images[0].token!;
  const whole = text.replaceAll(mark, () => left.shift()!.placeholder!);
  assertEquals(left.length, 0);
  return images[0].joined ? whole.replaceAll(/(<fake_token_around_image>){2}/g, "$1") : whole;
}

const NAMES = { recipe: "it", template: "chat_template", where: "messages" };

for (const model of CHAT_CASES) {
  Deno.test(`expandText gives the ids of the whole text of ${model.model}`, () => {
    const { images } = planSample(recipeFromConfig(model.config), SIZES);
    const { tokenizer } = tokenizerOfCase(model), text = textOfCase(model);
    const { ids, types, spans } = expandText(text, images, tokenizer, NAMES);
    assertEquals([...ids], tokenizer(wholeText(text, images), true));
    const typed = model.typed.map((mark) => tokenizer.idOf!(mark));
    if (model.whole) {
      const inside = (at: number) => spans.some(({ offset, length }) => at >= offset && at < offset + length);
      assertEquals([...types], [...ids].map((_, at) => inside(at) ? 1 : 0));
    } else assertEquals([...types], [...ids].map((id) => typed.includes(id) ? 1 : 0));
    assertEquals(spans.map(({ image }) => image), [0, 1]);
    for (const { image, offset, length, tokens } of spans) {
      const own = [...ids.slice(offset, offset + length)], token = tokenizer.idOf!(images[image].token!);
      assertEquals([own.filter((id) => id === token).length, tokens], [tokens, images[image].tokens]);
      // A text at either end of the placeholder is no part of the image.
      const marks = images[image].placeholder!.replaceAll(/^[^<[|]*|[^>\]|]*$/g, "");
      if (image === 0 || !images[image].joined) assertEquals(own, tokenizer(marks, false));
    }
  });
}

const MARKS = ["<image>", "<around>", "<video>", "<pad>"];
const { tokenizer: BYTES } = tokenizerOfCase({ marks: MARKS });

/** Returns ids as text: bytes as they are, marks in their place. */
function shown(ids: Iterable<number>): string {
  const byId = new Map(MARKS.map((mark) => [BYTES.idOf!(mark), mark]));
  const newlines = new Map(
    ["\n\n", "\n\n\n"].map((text) => [BYTES(text, false)[0], `{${text.length} newlines}`]),
  );
  return [...ids].map((id) => byId.get(id) ?? newlines.get(id) ?? String.fromCharCode(id)).join("");
}

function expanded(text: string, images: ImageText[]) {
  return expandText(text, images, (text) => BYTES(text, false), NAMES);
}

Deno.test("expandText lets text beside a picture join what stands next to it", () => {
  const image = { tokens: 2, placeholder: "\n\n<pad><pad>\n\n", token: "<pad>", mark: "<image>" };
  const { ids, spans } = expanded("a\n<image>\nb<image>c", [image, image]);
  assertEquals(shown(ids), "a{3 newlines}<pad><pad>{2 newlines}\nb{2 newlines}<pad><pad>\n\nc");
  assertEquals(spans.map(({ offset, length }) => [offset, length]), [[2, 2], [8, 2]]);
});

Deno.test("expandText joins the marks between two pictures where their processor does", () => {
  const image = { tokens: 2, placeholder: "<around><image><image><around>", token: "<image>" };
  const one = "<image><image>";
  const { ids, spans } = expanded("<image><image>.<image>", Array(3).fill({ ...image, joined: true }));
  assertEquals(shown(ids), `<around>${one}<around>${one}<around>.<around>${one}<around>`);
  assertEquals(spans.map(({ offset, length }) => [offset, length]), [[0, 4], [4, 3], [8, 4]]);
});

Deno.test("expandText pairs pictures and clips with their own marks, in the order of the text", () => {
  const picture = { tokens: 1, placeholder: "<image>", token: "<image>" };
  const clip: ImageText = {
    ...{ tokens: 4, placeholder: "<0.2 seconds><pad><pad><1.2 seconds><pad><pad>", token: "<pad>" },
    ...{ mark: "<around><video><around>", video: true },
  };
  const { ids, types, spans } = expanded("<around><video><around>a<image>b", [picture, clip]);
  assertEquals(shown(ids), "<0.2 seconds><pad><pad><1.2 seconds><pad><pad>a<image>b");
  assertEquals([...types].join(""), `${"0".repeat(13)}22${"0".repeat(13)}22010`);
  assertEquals(spans, [
    { image: 1, offset: 13, length: 17, tokens: 4 },
    { image: 0, offset: 31, length: 1, tokens: 1 },
  ]);
});

Deno.test("expandText adds the tokens that begin a row once", () => {
  const image = { tokens: 2, placeholder: "<image><image>" };
  for (const begin of ["", "<s>"]) {
    const { ids, spans } = expandText(`${begin}a<image>`, [image], BYTES, NAMES);
    assertEquals([...ids], BYTES("<s>a<image><image>", false));
    assertEquals(spans[0].offset, 2);
  }
});

Deno.test("expandText names what does not pair", () => {
  const image = { tokens: 2, placeholder: "<image><image>" };
  const cases: [string, ImageText[], ErrorCode, string][] = [
    [
      "a",
      [image],
      "dataset",
      "messages: the template chat_template writes <image> nowhere for 1 picture or clip",
    ],
    [
      "<image>",
      [image, image],
      "dataset",
      "messages: the template chat_template writes <image> once for 2 pictures or clips",
    ],
    [
      "<image>a<image>",
      [image],
      "dataset",
      "messages: the template chat_template writes <image> 2 times for 1 picture or clip; " +
      "does a text hold it?",
    ],
    [
      "<|image_pad|>",
      [{ tokens: 1, placeholder: "<|image_pad|>" }],
      "usage",
      "messages: the tokenizer has no token <|image_pad|>, which stands for an image of it; " +
      "it is another model's",
    ],
    [
      "<image>",
      [{ size: 3 } as ImageText],
      "recipe",
      "the recipe it does not say which text stands for a picture; give it the model's " +
      "processor_config.json, too, or its fields (patch_size, image_seq_length …)",
    ],
    [
      "<image>",
      [{ tokens: 2, placeholder: "<around><image><image><around>" }],
      "recipe",
      "the recipe it does not say which of its marks stands for an image's 2 tokens; as often stands " +
      "<around>, <image>",
    ],
  ];
  for (const [text, images, code, message] of cases) {
    const error = assertThrows(() => expanded(text, images), VitrailError);
    assertEquals([error.code, error.message], [code, message]);
  }
});

Deno.test("expandText names a tokenizer that takes a mark for letters", () => {
  const letters = Object.assign((text: string) => [...text].map((letter) => letter.charCodeAt(0)), {
    idOf: () => 7,
  });
  const image = { tokens: 1, placeholder: "<image>" };
  const error = assertThrows(() => expandText("<image>", [image], letters, NAMES), VitrailError);
  assertEquals(
    error.message,
    "messages: the tokenizer does not keep the marks of it as tokens of their own; " +
      "its tokenizer.json is to have them among its added_tokens",
  );
});
