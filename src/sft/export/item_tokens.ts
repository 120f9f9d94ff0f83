import { longsOf } from "../../plan/integers.ts";
import type { ShardFile } from "../shards/shard_file.ts";
import { packedRow } from "../shards/read_tokens.ts";
import { maskOf } from "../shards/token_tensors.ts";
import type { TextRow } from "../text/sample_text.ts";
import type { ExportTensor } from "./export_item.ts";

/** The arrays of the types that tokens have. */
const ARRAYS = {
  I64: longsOf,
  I32: (numbers: ArrayLike<number>) => Int32Array.from(numbers),
  F32: (numbers: ArrayLike<number>) => Float32Array.from(numbers),
  BOOL: (numbers: ArrayLike<number>) => Uint8Array.from(numbers),
};

/**
 * Returns the names of the tensors of tokens that the items of a shard have.
 * @param shard tells which tensors the shard has
 */
export function tokenNames(shard: { has(name: string): boolean }, packed: boolean): string[] {
  if (!shard.has("input_ids")) return [];
  return [
    "input_ids",
    "labels",
    ...["mm_token_type_ids", "im_mask"].filter((name) => shard.has(name)),
    ...(packed || shard.has("position_ids") ? ["position_ids"] : []),
    ...(packed ? ["cu_seqlens"] : ["rope_deltas"].filter((name) => shard.has(name))),
  ];
}

/**
 * Returns the tensors of tokens of an item: those of a sample's row, or of a pack's rows as
 * {@linkcode packedRow} joins them. Positions are `[axes, tokens]`, or `[tokens]` where the model counts
 * along one axis.
 */
export function itemTokens(
  shard: ShardFile,
  rows: readonly TextRow[],
  packed: boolean,
): Record<string, ExportTensor> {
  if (rows.length === 0) return {};
  const { ids, labels, types = [], positions, cuSeqlens } = packedRow(rows), { length } = ids;
  const axes = shard.has("position_ids") ? [shard.tensor("position_ids").shape[1]] : [];
  const place = positions instanceof Float32Array ? "F32" : "I64";
  const all: Record<string, ExportTensor> = {
    input_ids: tensor("I64", [length], ids),
    labels: tensor("I64", [length], packed ? labels : rows[0].labels),
    mm_token_type_ids: tensor("I64", [length], types),
    im_mask: tensor("BOOL", [length], rows.flatMap((row) => [...maskOf(row)])),
    position_ids: tensor(place, [...axes, length], positions),
    cu_seqlens: tensor("I32", [cuSeqlens.length], cuSeqlens),
    rope_deltas: tensor(place, [1], [rows[0].ropeDelta ?? 0]),
  };
  return Object.fromEntries(tokenNames(shard, packed).map((name) => [name, all[name]]));
}

/** Returns a tensor of numbers. */
function tensor(dtype: keyof typeof ARRAYS, shape: number[], numbers: ArrayLike<number>): ExportTensor {
  return { dtype, shape, bytes: () => Promise.resolve(new Uint8Array(ARRAYS[dtype](numbers).buffer)) };
}
