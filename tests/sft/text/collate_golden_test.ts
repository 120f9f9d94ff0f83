import { assert, assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { tiledTokens } from "../../../src/recipes/tiled/tiled_tokens.ts";
import { ixc25 } from "../../../src/recipes/tiled/ixc.ts";
import { type BoolTensor, collate, type Collated } from "../../../src/sft/text/collate.ts";
import type { LongTensor } from "../../../src/text/long_tensor.ts";
import { conv2prompt, conv2text } from "../../../src/sft/text/conv2text.ts";
import type { CollateSample } from "../../../src/sft/text/token_row.ts";
import type { Turn } from "../../../src/sft/data/sample.ts";
import { assertGolden, golden, sha256 } from "../../support/golden/golden.ts";
import { checkCalls } from "../../support/golden/golden_calls.ts";
import type { GoldenCase, GoldenLongs } from "../../support/sft/collate_cases.ts";
import { embeddingsOf, type Grid, pictureTokens } from "../../support/sft/embeddings.ts";
import { toyTokenizers } from "../../support/sft/toy_tokenizers.ts";

const { conversations, records } = golden<{
  conversations: Record<string, Turn[]>;
  image_tiles: Record<string, Grid[]>;
  records: GoldenCase[];
}>("collate");

/** Cases that show the reference's bugs, and what is right here. */
const BUGS: Readonly<Record<string, string>> = {
  "wrap/too_few_tags": "the second picture is appended after </s>; an error here",
  "wrap/too_many_tags": "texts around the third placeholder are joined without a word; an error here",
  "wrap/zero_images_in_batch": "a sample without pictures raises IndexError; a row like any other here",
  "wrap/truncated_in_first_image_500":
    "a row cut in its first question keeps <s> as a label (last_eoa + 1), with no token before it; -100 here",
  "text/batch": "a placeholder in a sample without pictures is read as words; an error here",
  "chat/missing_tags": "the first picture is appended to the prompt and the second dropped; an error here",
};

/** Cases of the older model's collation, IXC2's, that are not compared. */
const OLD_BUGS: Readonly<Record<string, string>> = {
  "v2/image_but_no_tag": "a picture without a placeholder goes after </s>",
  "v2/batch_different_lengths": "a batch of two lengths raises RuntimeError",
  "v2/bug_4khd_hd_features_of_two_images_concatenated":
    "two pictures' features stand in the first one's place",
  "v2/truncated_300": "a row cut in its first question keeps <s> as a label",
};

const bySha = new Map(
  Object.values(conversations).map((turns) => [sha256(bytesOf(conv2text.render(turns).text)), turns]),
);

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function sampleOf(turns: readonly Turn[], counts: readonly (number | undefined)[]): CollateSample {
  const images = counts.map((_, index) => `${index}.png`);
  return { id: "golden", conversations: turns, images, pictures: counts.map((tokens) => ({ tokens })) };
}

/** The tokens that pictures of so many tiles become. */
function countsOf(grids: readonly Grid[] = []): (number | undefined)[] {
  return grids.map(([rows, columns]) => tiledTokens(ixc25(), [rows, columns]));
}

/** The samples of a `wrap`, `text` or `v2` case. */
function samplesOf({ texts_sha256, image_tiles_hw, features_cnt_len }: GoldenCase): CollateSample[] {
  return texts_sha256.map((sha, index) => {
    const [pictures, tokens] = features_cnt_len?.[index] ?? [];
    const counts = pictures === undefined
      ? countsOf((image_tiles_hw as Grid[][] | undefined)?.[index])
      : Array(pictures).fill(tokens);
    return sampleOf(bySha.get(sha)!, counts);
  });
}

function collated(record: GoldenCase): Collated {
  const tokenizer = toyTokenizers[record.tokenizer];
  return collate(samplesOf(record), { tokenizer, maxLength: record.max_length, padId: 2 });
}

/** The prompt of a `chat` case. */
function prompted(record: GoldenCase): Collated {
  const tokenizer = toyTokenizers[record.tokenizer];
  return collate([promptOf(record)], {
    template: conv2prompt,
    tokenizer,
    maxLength: record.max_length,
    padId: 2,
  });
}

/** Returns the run-length encoding of each row. */
function rleOf({ shape: [samples, length], data }: LongTensor | BoolTensor): GoldenLongs["rle"] {
  return Array.from({ length: samples }, (_, row) => {
    const pairs: [value: number, count: number][] = [];
    for (const value of data.subarray(row * length, (row + 1) * length)) {
      if (pairs.at(-1)?.[0] === Number(value)) pairs.at(-1)![1]++;
      else pairs.push([Number(value), 1]);
    }
    return pairs;
  });
}

async function assertLongs(
  actual: LongTensor | BoolTensor,
  expected: GoldenLongs,
  record: GoldenCase,
  output: string,
): Promise<void> {
  const { shape } = actual, label = labelOf(record);
  assertEquals(shape, expected.shape, `${label}: ${output}`);
  assertEquals(rleOf(actual), expected.rle, `${label}: ${output}`);
  const bytes = new Uint8Array(BigInt64Array.from(actual.data, BigInt).buffer);
  await assertGolden(bytes, expected.sha256_i64, { label, output, dtype: "i64", shape });
}

/**
 * Compares the batch with the pictures' features in it, of which `restart` says whether each picture has its
 * own.
 */
async function assertEmbeddings(
  batch: Collated,
  grids: Grid[][],
  restart: boolean,
  record: GoldenCase,
): Promise<void> {
  const { samples, sha256, ...expected } = record.inputs_embeds!, label = labelOf(record);
  let first = 0;
  const pictures = grids.map((own) =>
    own.map((grid) => {
      const tokens = pictureTokens(grid, restart ? 0 : first);
      first += 1 + grid[0] * grid[1];
      return tokens;
    })
  );
  const actual = embeddingsOf(batch, pictures), shape = [...batch.input_ids.shape, 8];
  assertEquals(shape, expected.shape, label);
  const indexOf = (i: number) => Math.floor(i * (actual.length - 1) / (samples.length - 1));
  assertEquals(samples.map((_, i) => actual[indexOf(i)]), samples.map(Math.fround), label);
  const subject = { label, output: "inputs_embeds", dtype: "f32", shape } as const;
  await assertGolden(new Uint8Array(actual.buffer), sha256, subject);
}

function labelOf({ case: name, tokenizer }: GoldenCase): string {
  return tokenizer ? `${name}, ${tokenizer}` : name;
}

/** Registers a test that checks the cases of these kinds, but for those that show a bug of the reference. */
function goldens(
  name: string,
  kinds: string[],
  check: (record: GoldenCase, own: string) => Promise<void> | void,
): void {
  const own = records.filter((record) => kinds.includes(record.case.split("/")[0]));
  const right = own.filter((record) => !(record.case in { ...BUGS, ...OLD_BUGS }));
  Deno.test(name, async () => {
    assert(right.length > 0);
    await checkCalls(
      `collate ${kinds.join(", ")}`,
      right,
      (record) => check(record, record.case.split("/")[1]),
    );
  });
}

goldens("conv2text gives the reference's text", ["conv2text"], (record, own) => {
  assertEquals(conv2text.render(conversations[own]).text, record.text, labelOf(record));
});

goldens("toyTokenizers give the reference's ids", ["tokens"], (record, own) => {
  const { text } = conv2text.render(conversations[own]);
  assertEquals(toyTokenizers[record.tokenizer](text, false), record.ids, labelOf(record));
});

goldens("collate gives the reference's batches", ["wrap", "text", "v2"], async (record) => {
  const batch = collated(record);
  await assertLongs(batch.attention_mask, record.attention_mask, record, "attention_mask");
  await assertLongs(batch.labels, record.targets, record, "labels");
  if (record.im_mask) await assertLongs(batch.im_mask, record.im_mask, record, "im_mask");
  if (record.input_ids) await assertLongs(batch.input_ids, record.input_ids, record, "input_ids");
  if (record.inputs_embeds && record.image_tiles_hw) {
    await assertEmbeddings(batch, record.image_tiles_hw as Grid[][], false, record);
  }
});

goldens("collate gives the reference's prompts", ["chat"], async (record) => {
  const batch = prompted(record), label = labelOf(record);
  await assertLongs(batch.im_mask, record.im_mask!, record, "im_mask");
  // The reference stops counting at the first part that does not fit.
  if (record.temp_len <= record.max_length) assertEquals(batch.lengths, [record.temp_len], label);
  assertEquals(batch.labels.data.every((label) => label === -100n), true, label);
  await assertEmbeddings(batch, [record.image_tiles_hw as Grid[]], true, record);
});

/** The cases of one name, one for each tokenizer. */
function casesOf(name: string): GoldenCase[] {
  const cases = records.filter((record) => record.case === name);
  assertEquals(cases.map(({ tokenizer }) => tokenizer), ["byte", "word"]);
  return cases;
}

function assertDatasetError(collating: () => void, message: string): void {
  const error = assertThrows(collating, VitrailError);
  assertEquals([error.code, error.message], ["dataset", `sample "golden": ${message}`]);
}

const checked = new Set<string>();

/** Registers a test of the cases of one name, which show a bug of the reference. */
function leftOut(name: string, check: (record: GoldenCase) => Promise<void> | void): void {
  checked.add(name);
  Deno.test(`collate is right in ${name}: ${BUGS[name]}`, async () => {
    for (const record of casesOf(name)) await check(record);
  });
}

leftOut("wrap/too_few_tags", (record) => {
  const message = "2 pictures want one <ImageHere> each, in order, found 1 (1 in conversations[0])";
  assertDatasetError(() => collated(record), message);
});

leftOut("wrap/too_many_tags", (record) => {
  const message = "2 pictures want one <ImageHere> each, in order, found 3 (3 in conversations[0])";
  assertDatasetError(() => collated(record), message);
});

leftOut("chat/missing_tags", (record) => {
  const message = "2 pictures want one <ImageHere> each, in order, found none";
  assertDatasetError(() => prompted(record), message);
});

leftOut("text/batch", (record) => {
  const message = "no pictures want no <ImageHere>, found 1 (1 in conversations[0])";
  assertDatasetError(() => collated(record), message);
  const texts_sha256 = record.texts_sha256.slice(0, 2);
  const { input_ids, attention_mask, labels } = collated({ ...record, texts_sha256 });
  assertEquals(rleOf(input_ids), record.input_ids!.rle.slice(0, 2));
  assertEquals(rleOf(attention_mask), record.attention_mask.rle.slice(0, 2));
  assertEquals(rleOf(labels), record.targets.rle.slice(0, 2));
});

leftOut("wrap/truncated_in_first_image_500", async (record) => {
  const batch = collated(record);
  const { attention_mask, labels, im_mask } = batch;
  await assertLongs(attention_mask, record.attention_mask, record, "attention_mask");
  await assertLongs(im_mask, record.im_mask!, record, "im_mask");
  await assertEmbeddings(batch, record.image_tiles_hw as Grid[][], false, record);
  assertEquals(record.targets.rle, [[[1, 1], [-100, 499]]]);
  assertEquals(rleOf(labels), [[[-100, 500]]]);
});

leftOut("wrap/zero_images_in_batch", (record) => {
  const batch = collated(record);
  const [pictured, plain] = samplesOf(record).map((sample) =>
    collate([sample], { tokenizer: toyTokenizers[record.tokenizer], maxLength: record.max_length, padId: 2 })
  );
  const length = pictured.lengths[0], short = plain.lengths[0];
  assertEquals(batch.spans.map((spans) => spans.length), [1, 0]);
  assertEquals(batch.labels.data.subarray(0, length), pictured.labels.data);
  assertEquals(batch.labels.data.subarray(length, length + short), plain.labels.data);
  assertEquals(batch.input_ids.data.subarray(length, length + short), plain.input_ids.data);
  assertEquals(rleOf(batch.attention_mask)[1], [[1, short], [0, length - short]]);
  assertEquals(rleOf(batch.im_mask)[1], [[0, length]]);
});

Deno.test("BUGS have a test of their own, each of them", () => {
  assertEquals([...checked].sort(), Object.keys(BUGS).sort());
  const names = new Set(records.map((record) => record.case));
  assertEquals(Object.keys({ ...BUGS, ...OLD_BUGS }).filter((name) => !names.has(name)), []);
});

function promptOf({ meta, history, query, image_tiles_hw }: GoldenCase): CollateSample {
  const turns = [
    ...(meta === "" ? [] : [{ from: "system", value: meta }]),
    ...history.flatMap(([asked, answered]) => [
      { from: "user", value: asked },
      { from: "assistant", value: answered },
    ]),
    { from: "user", value: query },
  ];
  return sampleOf(turns, countsOf(image_tiles_hw as Grid[]));
}
