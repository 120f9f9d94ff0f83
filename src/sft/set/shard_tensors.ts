import { Buffer } from "node:buffer";
import type { TensorSource } from "../../formats/safetensors.ts";
import type { StoredDtype } from "../../formats/stored_dtype.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { valueTable } from "../../plan/tables/values.ts";
import type { TiledRecipe } from "../../recipes/tiled/tiled_recipe.ts";
import type { TokenRow } from "../text/token_row.ts";
import type { PlannedSample } from "./planned_sample.ts";
import type { Unit } from "./unit.ts";

/** The format that a shard's header names; another number is another set of tensors. */
export const SHARD_FORMAT = "vitrail-shard-1";

/** The characters of texts that are encoded together. */
const CHARACTERS_A_WRITE = 2 ** 20;

/** Returns the units of the samples, each once, in the order in which they are first used. */
export function unitsIn(samples: readonly PlannedSample[]): Unit[] {
  const units = new Map<string, Unit>();
  for (const sample of samples) {
    for (const unit of sample.units) if (!units.has(unit.key)) units.set(unit.key, unit);
  }
  return [...units.values()];
}

/**
 * Returns the tensors of a shard, P being the recipe's tile. A list of lists of different lengths, such as
 * the samples' pictures, is two tensors: all items, and the lists' offsets `[lists + 1]` among them.
 *
 * | tensor | shape | |
 * | --- | --- | --- |
 * | `pixel_values` | `[rows, 3, P, P]` | every picture's rows, one picture after another |
 * | `value_table` | F32 `[3, 256]` | in u8 shards: the normalised value of each byte, by channel |
 * | `picture_rows` | I32 `[pictures, 2]` | its rows, from and to: in float dtypes a global view, then tiles |
 * | `picture_grid` | I32 `[pictures, 2]` | its tiles, rows and columns |
 * | `picture_size` | I32 `[pictures, 2]` | the upright picture, height and width in pixels |
 * | `picture_tokens` | I32 `[pictures]` | its tokens after the encoder; absent where not known |
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
 * | `labels` | I64 | beside them: the ids that are to be learnt, and −100 |
 * | `im_mask` | BOOL | beside them: 1 at pictures' tokens |
 * | `row_lengths` | I32 `[samples]` | its tokens before the cut to `--max-length` |
 * | `sample_spans` | I32 `[…, 3]` | beside `sample_pictures`: first token, tokens in the row, tokens in all |
 *
 * Where samples are packed:
 *
 * | tensor | shape | |
 * | --- | --- | --- |
 * | `pack_samples` (+ `_offsets`) | I32 | by pack, the samples of the shard that are one training sequence |
 *
 * Offsets are I64.
 */
export function shardTensors(
  samples: readonly PlannedSample[],
  units: readonly Unit[],
  pixels: { recipe: TiledRecipe; dtype: Dtype; rowShape: readonly number[]; data: TensorSource["data"] },
  packs?: readonly (readonly number[])[],
): TensorSource[] {
  const place = new Map(units.map(({ key }, index) => [key, index]));
  const rows = offsetsOf(units.map((unit) => unit.rows));
  const tokens = units.map(({ image }) => image.tokens);
  return [
    {
      name: "pixel_values",
      dtype: pixels.dtype.toUpperCase() as StoredDtype,
      shape: [rows.at(-1)!, ...pixels.rowShape],
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
    ...tokenTensors(samples.flatMap(({ row }) => row ?? [])),
    ...(packs === undefined ? [] : lists("pack_samples", packs)),
  ];
}

/** Returns the tensors of rows of tokens; none where there are no rows. */
function tokenTensors(rows: readonly TokenRow[]): TensorSource[] {
  if (rows.length === 0) return [];
  const offsets = offsetsOf(rows.map(({ ids }) => ids.length)), total = offsets.at(-1)!;
  const ids = rows.map(({ ids }) => BigInt64Array.from(ids, BigInt));
  const labels = rows.map(({ labels }) => BigInt64Array.from(labels, BigInt));
  const spans = rows.flatMap(({ spans }) => spans);
  return [
    { name: "input_ids", dtype: "I64", shape: [total], data: ids },
    long("input_ids_offsets", offsets),
    integers("row_lengths", rows.map(({ whole }) => [whole])),
    { name: "labels", dtype: "I64", shape: [total], data: labels },
    { name: "im_mask", dtype: "BOOL", shape: [total], data: rows.map(maskOf) },
    integers("sample_spans", spans.map(({ start, length, tokens }) => [start, length, tokens]), 3),
  ];
}

/** Returns the mask of a row: 1 at the tokens that are a picture's. */
function maskOf({ ids, spans }: TokenRow): Uint8Array {
  const mask = new Uint8Array(ids.length);
  for (const { start, length } of spans) mask.fill(1, start, start + length);
  return mask;
}

/** Returns the metadata of a shard's header. */
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

/** Returns the tensors of a list of lists: all items, and the lists' offsets. */
function lists(name: string, items: readonly (readonly number[])[]): TensorSource[] {
  return [
    integers(name, items.flat().map((item) => [item])),
    long(`${name}_offsets`, offsetsOf(items.map((list) => list.length))),
  ];
}

/** Returns the tensors of texts: all of them in UTF-8, and their offsets. */
function texts(name: string, items: readonly string[]): TensorSource[] {
  const offsets = offsetsOf(items.map((item) => Buffer.byteLength(item)));
  return [
    { name, dtype: "U8", shape: [offsets.at(-1)!], data: encoded(items) },
    long(`${name}_offsets`, offsets),
  ];
}

/**
 * Yields the texts in UTF-8, some at a time. So there is neither a write for each text, nor a second copy of
 * all of them in memory.
 */
function* encoded(items: readonly string[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let from = 0, characters = 0;
  for (const [index, item] of items.entries()) {
    characters += item.length;
    if (characters < CHARACTERS_A_WRITE && index < items.length - 1) continue;
    yield encoder.encode(items.slice(from, index + 1).map((text) => text.toWellFormed()).join(""));
    from = index + 1;
    characters = 0;
  }
}

/** Returns the offset of each item, and the end of the last: `[items + 1]`. */
function offsetsOf(lengths: readonly number[]): number[] {
  const offsets = [0];
  for (const length of lengths) offsets.push(offsets.at(-1)! + length);
  return offsets;
}
