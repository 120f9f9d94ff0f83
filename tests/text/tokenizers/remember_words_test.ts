import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Tokenizer } from "npm:@huggingface/tokenizers@0.2.0";
import { plainIds } from "../../../src/text/tokenizers/plain_ids.ts";
import { rememberWords } from "../../../src/text/tokenizers/remember_words.ts";
import { tokenizerJson } from "../../support/sft/byte_tokenizer.ts";

/** Steps before byte pairs are merged: one that cuts words and makes bytes, and two, as Qwen has them. */
const STEPS: Readonly<Record<string, object>> = {
  one: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  two: {
    type: "Sequence",
    pretokenizers: [
      {
        type: "Split",
        pattern: { Regex: "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|\\s+(?!\\S)|\\s+" },
        behavior: "Isolated",
        invert: false,
      },
      { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
    ],
  },
  prefixed: {
    type: "Sequence",
    pretokenizers: [
      { type: "Digits", individual_digits: true },
      { type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: false },
    ],
  },
};

Deno.test("rememberWords and plainIds change no token, be words new or known", () => {
  const words = fc.constantFrom(
    "the",
    "then",
    " ",
    "\n",
    "ö",
    "漢字",
    "😀",
    "3",
    "'ll",
    "</s>",
    "x".repeat(80),
  );
  const texts = fc.array(fc.oneof(words, fc.string({ unit: "binary" })), { maxLength: 12 });
  for (const [name, step] of Object.entries(STEPS)) {
    const json: object = { ...tokenizerJson(), pre_tokenizer: step };
    const [plain, remembering] = [new Tokenizer(json, {}), new Tokenizer(json, {})];
    const shorter = plainIds(remembering, json, rememberWords(remembering))!;
    fc.assert(
      fc.property(texts, (pieces) => {
        const text = pieces.join("");
        for (const add_special_tokens of [true, false]) {
          const [own, expected] = [remembering, plain].map((one) =>
            one.encode(text, { add_special_tokens }).ids
          );
          assertEquals(own, expected, name);
          assertEquals(shorter(text, add_special_tokens), expected, name);
        }
      }),
    );
  }
});

Deno.test("plainIds leave tokenizers with steps of their own to the library", () => {
  const json = tokenizerJson() as { added_tokens: object[]; model: object; post_processor: object };
  const lacking = (changes: object) => {
    const tokenizer = new Tokenizer({ ...json, ...changes }, {});
    return plainIds(tokenizer, { ...json, ...changes }, rememberWords(tokenizer)) === undefined;
  };
  const strips = json.added_tokens.map((token) => ({ ...token, rstrip: true }));
  const found = [
    {},
    { normalizer: { type: "NFC" } },
    { added_tokens: strips },
    { model: { ...json.model, fuse_unk: true } },
    { remove_space: true },
    { post_processor: { type: "Sequence", processors: [{ type: "ByteLevel" }, json.post_processor] } },
    { post_processor: { type: "RobertaProcessing", cls: ["<s>", 1001], sep: ["</s>", 2] } },
  ].map(lacking);
  assertEquals(found, [false, false, true, true, true, false, true]);
});
