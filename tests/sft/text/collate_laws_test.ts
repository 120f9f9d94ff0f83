import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { collate, type CollateOptions } from "../../../src/sft/text/collate.ts";
import { conv2prompt, conv2text } from "../../../src/sft/text/conv2text.ts";
import { type CollateSample, type TokenRow, tokenRowOf } from "../../../src/sft/text/token_row.ts";
import { roleOf, type Template } from "../../../src/sft/text/template.ts";
import { toyTokenizers } from "../../support/sft/toy_tokenizers.ts";

const PAD = 2;
const PICTURE = 77;

const byText: Template = { ...conv2text, marks: undefined };

/** Words without marks of their own. */
const words = fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replaceAll(/[[\]<>]/g, "·"));

/** A turn's value, placeholders anywhere in it. */
const values = fc.array(fc.oneof({ weight: 3, arbitrary: words }, fc.constant("<ImageHere>")), {
  maxLength: 5,
})
  .map((pieces) => pieces.join(""));

const speakers = fc.constantFrom("human", "bot", "system", "user", "gpt");

function samples(speaker: fc.Arbitrary<string> | undefined): fc.Arbitrary<CollateSample> {
  return fc.array(fc.tuple(speaker ?? fc.constant(""), values), { minLength: 1, maxLength: 6 }).chain(
    (turns) => {
      const conversations = turns.map(([from, value], index) => ({
        from: speaker ? from : index % 2 === 0 ? "human" : "bot",
        value,
      }));
      const count = conversations.map(({ value }) => value).join().split("<ImageHere>").length - 1;
      const tokens = fc.integer({ min: 1, max: 9 });
      // One picture may have no placeholder.
      const counts = fc.array(tokens, { minLength: count, maxLength: Math.max(1, count) });
      return counts.map((counts) => ({
        id: 1,
        conversations,
        images: counts.map(String),
        pictures: counts.map((tokens) => ({ tokens })),
      }));
    },
  );
}

const templates = fc.constantFrom(byText, conv2text, conv2prompt);
const tokenizers = fc.constantFrom(toyTokenizers.byte, toyTokenizers.word);
const lengths = fc.oneof(fc.constant(16384), fc.integer({ min: 1, max: 150 }));

function options(template: Template, tokenizer: CollateOptions["tokenizer"], maxLength: number) {
  return { template, tokenizer, maxLength, padId: PAD, pictureId: PICTURE };
}

function whole(sample: CollateSample, template: Template, tokenizer: CollateOptions["tokenizer"]): TokenRow {
  return tokenRowOf(sample, { template, tokenizer, maxLength: Infinity, pictureId: PICTURE });
}

Deno.test("collate gives the sample's own row, padded (law)", () => {
  fc.assert(fc.property(
    fc.array(samples(speakers), { minLength: 1, maxLength: 4 }),
    templates,
    tokenizers,
    lengths,
    (set, template, tokenizer, maxLength) => {
      const chosen = options(template, tokenizer, maxLength);
      const batch = collate(set, chosen);
      const rows = set.map((sample) => tokenRowOf(sample, chosen));
      const length = Math.max(...rows.map(({ ids }) => ids.length));
      for (const name of ["input_ids", "attention_mask", "labels", "im_mask"] as const) {
        assertEquals(batch[name].shape, [set.length, length]);
        assertEquals(batch[name].data.length, set.length * length);
      }
      const padded = (fill: number, values: (row: TokenRow) => Iterable<number>) =>
        rows.flatMap((row) => {
          const own = [...values(row)];
          return [...own, ...Array<number>(length - own.length).fill(fill)];
        });
      const numbers = (data: BigInt64Array | Uint8Array) => Array.from(data, Number);
      assertEquals(numbers(batch.input_ids.data), padded(PAD, ({ ids }) => ids));
      assertEquals(numbers(batch.labels.data), padded(-100, ({ labels }) => labels));
      assertEquals(numbers(batch.attention_mask.data), padded(0, ({ ids }) => ids.map(() => 1)));
      assertEquals(
        numbers(batch.im_mask.data),
        padded(
          0,
          ({ ids, spans }) =>
            ids.map((_, at) => spans.some(({ start, length }) => at >= start && at < start + length) ? 1 : 0),
        ),
      );
      assertEquals([batch.spans, batch.lengths], [
        rows.map(({ spans }) => spans),
        rows.map(({ whole }) => whole),
      ]);
    },
  ));
});

Deno.test("collate cuts rows to the beginning of the whole ones, and so their pictures (law)", () => {
  fc.assert(
    fc.property(
      samples(speakers),
      templates,
      tokenizers,
      lengths,
      (sample, template, tokenizer, maxLength) => {
        const full = whole(sample, template, tokenizer);
        const cut = tokenRowOf(sample, options(template, tokenizer, maxLength));
        const length = Math.min(full.ids.length, maxLength);
        assertEquals([cut.ids, cut.labels], [full.ids.slice(0, length), full.labels.slice(0, length)]);
        assertEquals([cut.whole, full.whole], [full.ids.length, full.ids.length]);
        const within = (at: number) => Math.min(at, length);
        assertEquals(
          cut.spans,
          full.spans.map(({ start, tokens }) => ({
            start: within(start),
            length: within(start + tokens) - within(start),
            tokens,
          })),
        );
      },
    ),
  );
});

Deno.test("collate gives spans in order, of pictures' tokens and nothing to learn (law)", () => {
  fc.assert(fc.property(samples(speakers), templates, tokenizers, (sample, template, tokenizer) => {
    const { ids, labels, spans } = whole(sample, template, tokenizer);
    assertEquals(spans.map(({ length }) => length), sample.pictures!.map(({ tokens }) => tokens));
    let end = 0;
    for (const { start, length } of spans) {
      assertEquals(start >= end, true);
      end = start + length;
      assertEquals([...ids.subarray(start, end)], Array(length).fill(PICTURE));
      assertEquals([...labels.subarray(start, end)], Array(length).fill(-100));
    }
    assertEquals(end <= ids.length, true);
    assertEquals(
      ids.filter((id) => id === PICTURE).length,
      spans.reduce((sum, { length }) => sum + length, 0),
    );
    labels.forEach((label, at) => assertEquals(label === -100 || label === ids[at], true));
  }));
});

Deno.test("labelsByAnswers finds the answers, each with its end, and no more (law)", () => {
  fc.assert(fc.property(samples(speakers), (sample) => {
    const { labels } = whole(sample, byText, toyTokenizers.byte);
    const turns = sample.conversations;
    const expected = turns.flatMap((turn, index) => {
      if (roleOf(turn) !== "assistant") return [];
      const words = conv2text.render([turn]).text.replaceAll("<ImageHere>", "")
        .slice("[UNUSED_TOKEN_146]assistant\n".length);
      const end = index === turns.length - 1 ? 0 : "\n</s>".length;
      return toyTokenizers.byte(words.slice(0, words.length - end), false);
    });
    assertEquals([...labels.filter((label) => label !== -100)], expected);
  }));
});

/** `mask_human_targets`, read line by line: what its parity of ends leaves of a row with -100 at pictures. */
function maskHumanTargets(ids: Int32Array): Int32Array {
  const targets = ids.slice();
  let ends = 0, lastAnswer = 0;
  for (const [index, id] of ids.entries()) {
    if (id === 92542) {
      if (ends % 2 === 0) targets.fill(-100, lastAnswer, index + 6);
      else lastAnswer = index + 1;
      ends++;
    } else if (id === 2) {
      targets.fill(-100, index + 1);
      break;
    }
  }
  return targets;
}

Deno.test("labelsByMarks gives mask_human_targets' labels where turns alternate (law)", () => {
  fc.assert(fc.property(samples(undefined), tokenizers, (sample, tokenizer) => {
    const { ids, labels, spans } = whole(sample, conv2text, tokenizer);
    for (const { start, length } of spans) ids.fill(-100, start, start + length);
    assertEquals(labels, maskHumanTargets(ids));
  }));
});

Deno.test("labelsByMarks gives with the model's own tokenizer what labelsByAnswers gives (law)", () => {
  fc.assert(fc.property(samples(speakers), (sample) => {
    const marked = whole(sample, conv2text, toyTokenizers.word);
    assertEquals(marked, whole(sample, byText, toyTokenizers.word));
  }));
});
