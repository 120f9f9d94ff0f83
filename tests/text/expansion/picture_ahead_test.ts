import { assertEquals, assertThrows } from "@std/assert";
import { type ErrorCode, VitrailError } from "../../../src/errors.ts";
import type { ImageText } from "../../../src/plan/image_text.ts";
import { expandIds } from "../../../src/text/expansion/expand_ids.ts";
import { expandText } from "../../../src/text/expansion/expand_text.ts";
import { aheadOf } from "../../../src/text/expansion/picture_ahead.ts";
import type { Tokenizer } from "../../../src/text/tokenizer_file.ts";

const MARKS = ["_", "|SPEAKER|", "|NEWLINE|", "<s>", "<0x04>"];

/** A tokenizer of letters and marks that puts `_` before each text, as Fuyu's does. */
const TOKENIZER: Tokenizer = Object.assign(
  (text: string) => [0, ...[...text.matchAll(/\|[A-Z]+\||<\w+>|[^]/g)].map(([piece]) => idOf(piece)!)],
  { idOf },
);

function idOf(piece: string): number | undefined {
  if (piece.length === 1) return piece === "_" ? 0 : piece.charCodeAt(0);
  const at = MARKS.indexOf(piece);
  return at === -1 ? undefined : at;
}

const IMAGE: ImageText = {
  tokens: 4,
  placeholder: "|SPEAKER||SPEAKER||NEWLINE|".repeat(2),
  token: "|SPEAKER|",
  typed: "marks",
  ahead: { begin: "<s>", end: "<0x04>" },
};
const NAMES = { recipe: "fuyu", template: "chat_template", where: "messages" };

Deno.test("expandText tokenizes a picture that goes ahead and its text apart", () => {
  const { ids, types, spans } = expandText("a b", [IMAGE], TOKENIZER, NAMES);
  // As Python joins them: the picture with the mark behind it, without its first token, and the text.
  const picture = TOKENIZER(`${IMAGE.placeholder}<s>`, false).slice(1);
  assertEquals([...ids], [...picture, ...TOKENIZER("a b<0x04>", false)]);
  assertEquals([...types].join(""), "11111100000" + "0");
  assertEquals(spans, [{ image: 0, offset: 0, length: 6, tokens: 4 }]);
});

Deno.test("expandIds puts a picture that goes ahead before a text's ids", () => {
  const found = expandIds(TOKENIZER("a b", false), [IMAGE], TOKENIZER, NAMES);
  assertEquals(found, expandText("a b", [IMAGE], TOKENIZER, NAMES));
});

Deno.test("aheadOf finds no marks where pictures stand in texts", () => {
  assertEquals(aheadOf([IMAGE]), IMAGE.ahead);
  assertEquals([aheadOf([]), aheadOf([{ ...IMAGE, ahead: undefined }])], [undefined, undefined]);
});

Deno.test("pictureAhead names what no row of Fuyu can be", () => {
  const lacks = { ...IMAGE, ahead: { begin: "<begin>", end: "<0x04>" } };
  const cases: [string, ImageText[], ErrorCode, RegExp][] = [
    [
      "a",
      [IMAGE, IMAGE],
      "usage",
      /^messages: fuyu puts one picture before a text, found 2; give each a /,
    ],
    ["|SPEAKER|a", [IMAGE], "dataset", /the template chat_template writes \|SPEAKER\|, and fuyu puts the /],
    [
      "a",
      [lacks],
      "usage",
      /^messages: the tokenizer has no token <begin>, which stands for an image of fuyu/,
    ],
  ];
  for (const [text, images, code, message] of cases) {
    const error = assertThrows(() => expandText(text, images, TOKENIZER, NAMES), VitrailError);
    assertEquals([error.code, message.test(error.message)], [code, true], error.message);
  }
});
