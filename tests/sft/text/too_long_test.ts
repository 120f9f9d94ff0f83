import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import type { PlannedImage } from "../../../src/plan/plan.ts";
import type { Sample } from "../../../src/sft/data/sample.ts";
import type { TextOf } from "../../../src/sft/text/sample_text.ts";
import { LeftOut, type LengthLimit, limitedTexts } from "../../../src/sft/text/too_long.ts";

/** Makes a token of each letter, and ten of each picture. */
const LETTERS: TextOf = (sample) => {
  const text = sample.conversations.map(({ value }) => value.replaceAll("<ImageHere>", "0123456789")).join(
    "",
  );
  const ids = Int32Array.from(text, (letter) => letter.charCodeAt(0));
  return { text, row: { ids, labels: ids, spans: [], whole: ids.length } };
};

function talk(...values: string[]): Sample {
  const conversations = values.map((value, index) => ({ from: index % 2 === 0 ? "human" : "gpt", value }));
  return { conversations, images: [] };
}

function limited(
  sample: Sample,
  limit: Partial<LengthLimit>,
  pictures = 0,
): ReturnType<TextOf> {
  const texts = limitedTexts(LETTERS, { maxLength: 6, tooLong: "cut", learn: ["assistant"], ...limit });
  return texts(sample, Array<PlannedImage>(pictures), "sample 3");
}

const LONG = talk("a", "b", "cc", "dd", "e", "f", "g");

Deno.test("limitedTexts leaves what fits as it is", () => {
  for (const tooLong of ["refuse", "skip", "cut"] as const) {
    assertEquals(limited(talk("abc", "def"), { tooLong }).text, "abcdef");
  }
});

Deno.test("limitedTexts cuts behind the last answer that fits, and says how long the whole was", () => {
  const cases: [number, string][] = [[8, "abccddef"], [7, "abccdd"], [6, "abccdd"], [5, "ab"], [2, "ab"]];
  for (const [maxLength, text] of cases) {
    const cut = limited(LONG, { maxLength });
    assertEquals([cut.text, cut.row!.ids.length, cut.row!.whole], [text, text.length, 9]);
  }
  const last = limited(LONG, { maxLength: 7, learn: "last" });
  assertEquals(last.text, "abccdd");
  assertEquals(limited(LONG, { maxLength: 8, learn: ["human"] }).text, "abccdde");
});

Deno.test("limitedTexts refuses a sample that cannot be cut, a picture's turn among what it needs", () => {
  const picture = talk("a", "b", "<ImageHere>", "d", "e", "f");
  assertEquals(limited(picture, { maxLength: 13 }, 1).text, "ab0123456789d");
  const cases: [Sample, number, string][] = [
    [LONG, 0, "and its first 2 turns, up to the first that is learnt, have more, too"],
    [
      picture,
      1,
      "and its first 4 turns, up to the first that is learnt behind its last picture, have more, too",
    ],
    [
      talk("<ImageHere>abc", "d"),
      1,
      "and no turn that is learnt ends behind its last picture where it could be cut",
    ],
    [talk("abcdefgh", "i"), 0, "and no turn that is learnt ends where it could be cut"],
  ];
  for (const [sample, pictures, message] of cases) {
    const error = assertThrows(() => limited(sample, { maxLength: 1 }, pictures), VitrailError);
    const length = LETTERS(sample, [], "").row!.ids.length;
    assertEquals(error.code, "limit");
    assertEquals(error.message, `sample 3: it has ${length} tokens, more than 1, ${message}`);
  }
});

Deno.test("limitedTexts takes a long sample for a bad one, or for one to be left out", () => {
  const refused = assertThrows(() => limited(LONG, { tooLong: "refuse" }), VitrailError);
  assertEquals([refused.code, refused instanceof LeftOut], ["limit", false]);
  assertEquals(
    refused.message,
    "sample 3: it has 9 tokens, more than 6; --too-long skip leaves such samples out, cut " +
      "drops turns",
  );
  const left = assertThrows(() => limited(LONG, { tooLong: "skip" }), LeftOut);
  assertEquals([left.code, left.message], ["limit", "sample 3: it has 9 tokens, more than 6"]);
});
