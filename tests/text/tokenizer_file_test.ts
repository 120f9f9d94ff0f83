import { assertEquals, assertRejects } from "@std/assert";
import { type ErrorCode, VitrailError } from "../../src/errors.ts";
import { collate } from "../../src/sft/text/collate.ts";
import { readTokenizer } from "../../src/text/read_tokenizer.ts";
import { requireTokenizer, type TokenizerFile } from "../../src/text/tokenizer_file.ts";
import { inFolder } from "../support/temporary_folder.ts";
import { tokenizerJson } from "../support/sft/byte_tokenizer.ts";

/** The ids of a text's bytes, none of which the merges join. */
function byteIds(text: string): number[] {
  return [...new TextEncoder().encode(text)].map((byte) => byte < 3 ? 3000 + byte : byte);
}

async function read(json: string, config?: object): Promise<TokenizerFile> {
  return await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/tokenizer.json`, json);
    if (config) await Deno.writeTextFile(`${folder}/tokenizer_config.json`, JSON.stringify(config));
    return await readTokenizer(`${folder}/tokenizer.json`);
  });
}

Deno.test("readTokenizer reads bytes, merges and marks of a byte-level BPE", async () => {
  const { tokenizer } = await read(JSON.stringify(tokenizerJson()));
  assertEquals(tokenizer("the the", false), [257, 258]);
  assertEquals(tokenizer("th", false), [256]);
  assertEquals(tokenizer("é🐼\n", false), byteIds("é🐼\n"));
  assertEquals(tokenizer("[UNUSED_TOKEN_146]the</s>", false), [92543, 257, 2]);
  assertEquals(tokenizer("the", true), [1001, 257]);
  assertEquals([tokenizer("", true), tokenizer("", false)], [[1001], []]);
});

Deno.test("requireTokenizer asks a tokenizer once", () => {
  let asked = 0;
  const tokenizer = () => [++asked];
  for (let times = 0; times < 3; times++) requireTokenizer(tokenizer);
  assertEquals(asked, 1);
});

Deno.test("readTokenizer refuses a row's template whose parts are no tokens and no places", async () => {
  for (const part of [null, 100_000, "", { SpecialToken: null }, { SpecialToken: {} }, { Sequence: 1 }]) {
    const template = { type: "TemplateProcessing", single: [{ Sequence: { id: "A" } }], pair: [part] };
    for (const last of [template, { type: "Sequence", processors: [{ type: "ByteLevel" }, template] }]) {
      const reading = read(JSON.stringify({ ...tokenizerJson(), post_processor: last }));
      await assertRejects(() => reading, VitrailError, "its template of a row has");
    }
  }
});

Deno.test("readTokenizer takes the config's padding token, as text or as an AddedToken", async () => {
  const json = JSON.stringify(tokenizerJson());
  assertEquals((await read(json, { pad_token: "</s>" })).padId, 2);
  assertEquals((await read(json, { pad_token: { content: "<s>", special: true } })).padId, 1001);
  assertEquals((await read(json, { pad_token: null })).padId, undefined);
  assertEquals((await read(json)).padId, undefined);
});

Deno.test("readTokenizer serves a batch from end to end", async () => {
  const { tokenizer, padId } = await read(JSON.stringify(tokenizerJson()), { pad_token: "</s>" });
  const conversations = [{ from: "human", value: "the <ImageHere>?" }, { from: "bot", value: " the é" }];
  const sample = { id: 0, conversations, images: ["a.jpg"], pictures: [{ tokens: 3 }] };
  const { input_ids, labels } = collate([sample], { tokenizer, maxLength: 100, padId: padId! });
  const end = [92542, ...byteIds("\n")];
  const before = [1001, 92543, ...byteIds("user\n"), 257, ...byteIds(" "), 2, 2, 2, ...byteIds("?"), ...end];
  const after = [92543, ...byteIds("assistant\n"), 257, ...byteIds(" é"), ...end, 2];
  assertEquals([...input_ids.data].map(Number), [...before, ...after]);
  // The head of an answer is eleven bytes here and not four tokens, so marks leave seven of it to learn.
  const learnt = [...labels.data].map(Number).filter((label) => label !== -100);
  assertEquals(learnt, after.slice(4));
});

Deno.test("readTokenizer names a file that is missing, broken or no tokenizer", async () => {
  const cases: [string, ErrorCode, RegExp][] = [
    ["{", "usage", /^the tokenizer .*tokenizer\.json is not JSON: /],
    ["[]", "usage", /^the tokenizer .*tokenizer\.json is not a JSON object$/],
    ["{}", "usage", /tokenizer\.json is no tokenizer: /],
  ];
  for (const [json, code, message] of cases) {
    const error = await assertRejects(() => read(json), VitrailError);
    assertEquals([error.code, message.test(error.message)], [code, true], error.message);
  }
  const missing = await assertRejects(() => readTokenizer("nowhere/tokenizer.json"), VitrailError);
  const expected = "cannot read the tokenizer nowhere/tokenizer.json: it does not exist";
  assertEquals([missing.code, missing.message], ["io", expected]);
});
