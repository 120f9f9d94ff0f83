import { Buffer } from "node:buffer";
import type { TensorSource } from "../../formats/safetensors.ts";
import type { StoredDtype } from "../../formats/stored_dtype.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { valueTable } from "../../plan/tables/values.ts";
import type { TiledRecipe } from "../../recipes/tiled/tiled_recipe.ts";
import type { TokenRow } from "../text/token_row.ts";
import type { PlannedSample } from "./planned_sample.ts";
import type { Unit } from "./unit.ts";

/** What a shard says of itself; another number is another set of tensors. */
export const SHARD_FORMAT = "vitrail-shard-1";

const CHARACTERS_A_WRITE = 2 ** 20;

/** The units of samples, each once, in the order in which they are first used. */
export function unitsIn(samples: readonly PlannedSample[]): Unit[] {
  const units = new Map<string, Unit>();
  for (const sample of samples) {
    for (const unit of sample.units) if (!units.has(unit.key)) units.set(unit.key, unit);
  }
  return [...units.values()];
}

/**
 * The tensors of a shard, P being the recipe's tile. A list of lists of different lengths, such as the samples'
 * pictures, is all its items in one tensor and offsets `[lists + 1]` into it in another.
 *
 * | tensor | shape | |
 * | --- | --- | --- |
 * | `pixel_values` | `[rows, 3, P, P]` | every picture's rows, one picture after another |
 * | `value_table` | F32 `[3, 256]` | in u8 shards: what a byte becomes when it is normalised, by channel |
 * | `picture_rows` | I32 `[pictures, 2]` | its rows, from and to: global views where the dtype has them, then tiles |
 * | `picture_grid` | I32 `[pictures, 2]` | its tiles, rows and columns |
 * | `picture_size` | I32 `[pictures, 2]` | the upright picture, height and width in pixels |
 * | `picture_tokens` | I32 `[pictures]` | its tokens after the encoder; absent where the recipe does not say |
 * | `sample_position` | I64 `[samples]` | the sample's place in the whole set |
 * | `sample_pictures` (+ `_offsets`) | I32 | the sample's pictures, in order |
 * | `text` (+ `_offsets`) | U8 | the conversation as the model reads it, in UTF-8 |
 * | `record` (+ `_offsets`) | U8 | the sample as the data set has it, JSON in UTF-8 |
 *
 * With a tokenizer, without padding:
 *
 * | tensor | shape | |
 * | --- | --- | --- |
 * | `input_ids` (+ `_offsets`) | I64 | the sample's tokens |
 * | `labels`, `im_mask` | I64, BOOL | beside them: what is to be learnt or −100, and whether it is a picture's |
 * | `row_lengths` | I32 `[samples]` | its tokens before the cut to `--max-length` |
 * | `sample_spans` | I32 `[…, 3]` | beside `sample_pictures`: the first token, tokens in the row, tokens of the picture |
 *
 * Offsets are I64.
 */
export function shardTensors(
  samples: readonly PlannedSample[],
  units: readonly Unit[],
  pixels: { recipe: TiledRecipe; dtype: Dtype; row: readonly number[]; data: TensorSource["data"] },
): TensorSource[] {
  const place = new Map(units.map(({ key }, index) => [key, index]));
  const rows = startsOf(units.map((unit) => unit.rows));
  const tokens = units.map(({ image }) => image.tokens);
  return [
    {
      name: "pixel_values",
      dtype: pixels.dtype.toUpperCase() as StoredDtype,
      shape: [rows.at(-1)!, ...pixels.row],
      data: pixels.data,
    },
    ...(pixels.dtype === "u8" ? [tableOf(pixels.recipe)] : []),
    integers("picture_rows", units.map((_, index) => [rows[index], rows[index + 1]]), 2),
    integers("picture_grid", units.map(({ image }) => image.grid), 2),
    integers("picture_size", units.map(({ image: { size } }) => [size.height, size.width]), 2),
    ...(tokens.includes(undefined) ? [] : [integers("picture_tokens", tokens.map((count) => [count!]))]),
    long("sample_position", samples.map(({ position }) => position)),
    ...lists("sample_pictures", samples.map(({ units }) => units.map(({ key }) => place.get(key)!))),
    ...texts("text", samples.map(({ text }) => text)),
    ...texts("record", samples.map(({ json }) => json)),
    ...rowTensors(samples.flatMap(({ row }) => row ?? [])),
  ];
}

function rowTensors(rows: readonly TokenRow[]): TensorSource[] {
  if (rows.length === 0) return [];
  const offsets = startsOf(rows.map(({ ids }) => ids.length)), total = offsets.at(-1)!;
  const longs = rows.map(({ ids }) => BigInt64Array.from(ids, BigInt));
  const labels = rows.map(({ labels }) => BigInt64Array.from(labels, BigInt));
  const spans = rows.flatMap(({ spans }) => spans);
  return [
    { name: "input_ids", dtype: "I64", shape: [total], data: longs },
    long("input_ids_offsets", offsets),
    integers("row_lengths", rows.map(({ whole }) => [whole])),
    { name: "labels", dtype: "I64", shape: [total], data: labels },
    { name: "im_mask", dtype: "BOOL", shape: [total], data: rows.map(maskOf) },
    integers("sample_spans", spans.map(({ start, length, tokens }) => [start, length, tokens]), 3),
  ];
}

/** 1 at the tokens of a row that are a picture's. */
function maskOf({ ids, spans }: TokenRow): Uint8Array {
  const mask = new Uint8Array(ids.length);
  for (const { start, length } of spans) mask.fill(1, start, start + length);
  return mask;
}

/** What a shard's header says beside its tensors. */
export function shardMetadata(recipe: TiledRecipe, dtype: Dtype): Record<string, string> {
  return { format: SHARD_FORMAT, recipe: JSON.stringify(recipe), dtype };
}

function tableOf({ values }: TiledRecipe): TensorSource {
  return { name: "value_table", dtype: "F32", shape: [3, 256], data: valueTable(values) };
}

function integers(name: string, rows: readonly (readonly number[])[], width?: number): TensorSource {
  const shape = width === undefined ? [rows.length] : [rows.length, width];
  return { name, dtype: "I32", shape, data: Int32Array.from(rows.flat()) };
}

function long(name: string, values: readonly number[]): TensorSource {
  return { name, dtype: "I64", shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}

function lists(name: string, items: readonly (readonly number[])[]): TensorSource[] {
  return [
    integers(name, items.flat().map((item) => [item])),
    long(`${name}_offsets`, startsOf(items.map((list) => list.length))),
  ];
}

function texts(name: string, items: readonly string[]): TensorSource[] {
  const offsets = startsOf(items.map((item) => Buffer.byteLength(item)));
  return [
    { name, dtype: "U8", shape: [offsets.at(-1)!], data: encoded(items) },
    long(`${name}_offsets`, offsets),
  ];
}

/** Texts in UTF-8, some at a time: neither a write for each nor all of them in memory twice. */
function* encoded(items: readonly string[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let from = 0, characters = 0;
  for (const [index, item] of items.entries()) {
    characters += item.length;
    if (characters < CHARACTERS_A_WRITE && index < items.length - 1) continue;
    yield encoder.encode(items.slice(from, index + 1).map((text) => text.toWellFormed()).join(""));
    from = index + 1, characters = 0;
  }
}

/** Where each of so many items begins, and where the last ends. */
function startsOf(lengths: readonly number[]): number[] {
  const starts = [0];
  for (const length of lengths) starts.push(starts.at(-1)! + length);
  return starts;
}
