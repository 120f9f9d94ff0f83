import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { batchOf, collate } from "../../../src/sft/text/collate.ts";
import type { CollateSample } from "../../../src/sft/text/token_row.ts";
import { toyTokenizers } from "../../support/sft/toy_tokenizers.ts";

const tokenizer = toyTokenizers.word;

function sampleWith(pictures: CollateSample["pictures"], images: string[]): CollateSample {
  const conversations = [{ from: "human", value: images.map(() => "<ImageHere>").join() }, {
    from: "bot",
    value: "b",
  }];
  return { id: "x", conversations, images, pictures };
}

Deno.test("collate gives pictures an id of their own where asked for, and the padding's else", () => {
  const sample = sampleWith([{ tokens: 3 }], ["a.jpg"]);
  const idsWith = (pictureId?: number) => {
    const { input_ids, im_mask } = collate([sample], { tokenizer, maxLength: 100, padId: 0, pictureId });
    return [...input_ids.data].filter((_, index) => im_mask.data[index] === 1).map(Number);
  };
  assertEquals([idsWith(), idsWith(9)], [[0, 0, 0], [9, 9, 9]]);
});

Deno.test("collate keeps the first tokens of a cut picture, and none of one that is cut away", () => {
  const sample = sampleWith([{ tokens: 4 }, { tokens: 5 }, { tokens: 6 }], ["a.jpg", "b.jpg", "c.jpg"]);
  // <s>, the head (three tokens), four, a comma, five, a comma, six.
  const { spans, lengths, im_mask } = collate([sample], { tokenizer, maxLength: 11, padId: 2 });
  assertEquals(spans[0], [
    { start: 4, length: 4, tokens: 4 },
    { start: 9, length: 2, tokens: 5 },
    { start: 11, length: 0, tokens: 6 },
  ]);
  assertEquals([...im_mask.data], [0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 1]);
  assertEquals(lengths, [4 + 4 + 1 + 5 + 1 + 6 + 2 + 4 + 4]);
});

Deno.test("collate names what it cannot work with", () => {
  const good = sampleWith([{ tokens: 3 }], ["a.jpg"]);
  const cases: [CollateSample[], number, string][] = [
    [[], 100, "a batch needs at least one sample, found none"],
    [[good], 0, "maxLength is a whole number from 1, found 0"],
    [[good], 2.5, "maxLength is a whole number from 1, found 2.5"],
    [[good], NaN, "maxLength is a whole number from 1, found NaN"],
    [
      [good, sampleWith(undefined, ["a.jpg", "b.jpg"])],
      100,
      "sample \"x\": 2 images without their token counts; add `pictures`, the plan's or the batch's images",
    ],
    [
      [good, sampleWith([{ tokens: 3 }, {}], ["a.jpg", "b.jpg"])],
      100,
      'sample "x": picture 1 has no token count; its recipe does not say how many tokens a picture becomes',
    ],
  ];
  for (const tokens of [-4, 1.5, NaN]) {
    const message = `sample "x": picture 0 has ${tokens} tokens, expected a whole number`;
    cases.push([[sampleWith([{ tokens }], ["a.jpg"])], 100, message]);
  }
  for (const id of [2 ** 31, 1.5, NaN]) {
    const text = `is a token's id, a whole number below 2147483648; found ${id}`;
    const options = { tokenizer, maxLength: 100, padId: 2 };
    assertThrows(() => collate([good], { ...options, padId: id }), VitrailError, `padId ${text}`);
    assertThrows(() => collate([good], { ...options, pictureId: id }), VitrailError, `pictureId ${text}`);
  }
  for (const [samples, maxLength, message] of cases) {
    const error = assertThrows(() => collate(samples, { tokenizer, maxLength, padId: 2 }), VitrailError);
    assertEquals([error.code, error.message], ["usage", message]);
  }
});

Deno.test("batchOf pads the kinds and the positions of a model's tokens", () => {
  const spans = [{ start: 1, length: 1, tokens: 1 }];
  const long = {
    ids: Int32Array.of(5, 6, 7),
    labels: Int32Array.of(-100, -100, 7),
    ...{ spans, whole: 3, types: Uint8Array.of(0, 2, 0), ropeDelta: -1 },
    positions: Int32Array.of(0, 1, 2, 10, 11, 12),
  };
  const short = {
    ids: Int32Array.of(8),
    labels: Int32Array.of(8),
    ...{ spans: [], whole: 1, types: Uint8Array.of(0), ropeDelta: 4 },
    positions: Int32Array.of(3, 13),
  };
  const batch = batchOf([long, short], 9);
  assertEquals([...batch.input_ids.data], [5n, 6n, 7n, 8n, 9n, 9n]);
  assertEquals([...batch.im_mask.data], [0, 1, 0, 0, 0, 0]);
  assertEquals([...batch.mm_token_type_ids!.data], [0n, 2n, 0n, 0n, 0n, 0n]);
  assertEquals(batch.position_ids!.shape, [2, 2, 3]);
  assertEquals([...batch.position_ids!.data], [0n, 1n, 2n, 3n, 0n, 0n, 10n, 11n, 12n, 13n, 0n, 0n]);
  assertEquals([batch.rope_deltas!.shape, [...batch.rope_deltas!.data]], [[2, 1], [-1n, 4n]]);
  const { types: _, positions: __, ...bare } = short;
  const without = batchOf([long, bare], 9);
  assertEquals([without.mm_token_type_ids, without.position_ids], [undefined, undefined]);
});
