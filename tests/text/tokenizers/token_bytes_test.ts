import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { tokensBefore } from "../../../src/text/expansion/token_places.ts";
import { tokenizerOf } from "../../../src/text/tokenizer_file.ts";
import { tokenizerJson } from "../../support/sft/byte_tokenizer.ts";

const words = fc.constantFrom("the", "then ", " ", "\n", "ö", "e\u0301", "漢字", "😀", "</s>", "<|pad|>");
const texts = fc.array(fc.oneof(words, fc.string({ unit: "grapheme" })), { maxLength: 10 });

Deno.test("tokenBytes gives of each token the bytes of the text that it stands for", () => {
  const { tokenizer } = tokenizerOf(tokenizerJson(["<|pad|>"]));
  const length = (text: string) => new TextEncoder().encode(text).length;
  fc.assert(fc.property(texts, (pieces) => {
    const text = pieces.join("");
    const bytes = tokenizer(text, false).reduce((sum, id) => sum + tokenizer.bytesOf!(id), 0);
    assertEquals(bytes, length(text));
  }));
  const json = tokenizerJson() as Record<string, unknown>;
  const prefixed = { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true };
  for (
    const other of [{ normalizer: { type: "Lowercase" } }, { decoder: null }, { pre_tokenizer: prefixed }]
  ) {
    assertEquals(tokenizerOf({ ...json, ...other }).tokenizer.bytesOf, undefined);
  }
});

Deno.test("tokensBefore counts by bytes what it counts by pieces", () => {
  for (const normalizer of [null, { type: "NFC" }]) {
    const { tokenizer } = tokenizerOf({ ...tokenizerJson(["<|pad|>"]), normalizer });
    const byPieces = (text: string, special: boolean) => tokenizer(text, special);
    fc.assert(fc.property(texts, texts, texts, fc.boolean(), (first, second, third, special) => {
      const pieces = [first, second, third].map((own) => own.join("")), text = pieces.join("");
      const ids = tokenizer(text, special), own = pieces.map((piece) => tokenizer(piece, false));
      const joined = special ? [1001, ...own.flat()] : own.flat();
      if (`${joined}` !== `${ids}`) return; // a token spans a place
      const places = [pieces[0].length, pieces[0].length + pieces[1].length];
      const tokenized = { text, special, ids };
      assertEquals(tokensBefore(tokenized, places, tokenizer), tokensBefore(tokenized, places, byPieces));
    }));
  }
});

Deno.test("tokensBefore counts no special token that ends a row among those that begin it", () => {
  const between = [
    { SpecialToken: { id: "<s>", type_id: 0 } },
    { Sequence: { id: "A", type_id: 0 } },
    { SpecialToken: { id: "</s>", type_id: 0 } },
  ];
  const special_tokens = {
    "<s>": { id: "<s>", ids: [1001], tokens: ["<s>"] },
    "</s>": { id: "</s>", ids: [1002], tokens: ["</s>"] },
  };
  const post_processor = { type: "TemplateProcessing", single: between, pair: between, special_tokens };
  const { tokenizer } = tokenizerOf({ ...tokenizerJson(["word"]), post_processor });
  const byPieces = (text: string, special: boolean) => tokenizer(text, special);
  const end = tokenizer("", true).at(-1),
    cases: [string, number[], number[]][] = [
      ["wordab", [0, 4, 5], [1, 2, 3]],
      ["</s>ab", [0, 4, 5], [1, 2, 3]],
      ["ab</s>", [1, 2], [2, 3]],
      ["wo", [1], [2]],
    ];
  for (const [text, places, counts] of cases) {
    const ids = tokenizer(text, true);
    assertEquals([ids[0] === tokenizer("", true)[0], ids.at(-1)], [true, end]);
    for (const own of [tokenizer, byPieces]) {
      assertEquals(tokensBefore({ text, special: true, ids }, places, own), counts);
    }
  }
});
