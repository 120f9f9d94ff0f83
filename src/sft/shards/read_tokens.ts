import { IGNORED } from "../text/labels.ts";
import type { TextRow } from "../text/sample_text.ts";
import type { ShardFile } from "./shard_file.ts";

/** Rows of tokens, one after another, as one training sequence. */
export interface PackedRow {
  /** The tokens' ids `[length]`. */
  readonly ids: Int32Array;
  /** The labels `[length]`. No row's first token is learnt, since nothing before it foretells it. */
  readonly labels: Int32Array;
  /** The kind of each token `[length]`; absent where it is not known. */
  readonly types?: Uint8Array;
  /** The place of each token, axis after axis: `[axes, length]`. It begins anew in each row. */
  readonly positions: Int32Array | Float32Array;
  /** The places where rows begin, and the end of the last: `[rows + 1]`. */
  readonly cuSeqlens: Int32Array;
}

/** Returns a sample's row of tokens; undefined where the set was made without a tokenizer. */
export function tokenRowIn(shard: ShardFile, index: number): TextRow | undefined {
  if (!shard.has("input_ids")) return undefined;
  const [from, to] = shard.range("input_ids", index);
  const [first, end] = shard.range("sample_pictures", index);
  const spans = shard.numbers("sample_spans", first * 3, end * 3);
  const types = "mm_token_type_ids", positions = "position_ids", attended = "sample_attended";
  return {
    ids: Int32Array.from(shard.numbers("input_ids", from, to)),
    labels: Int32Array.from(shard.numbers("labels", from, to)),
    spans: Array.from({ length: end - first }, (_, at) => {
      const [start, length, tokens] = spans.slice(at * 3, at * 3 + 3);
      return { start, length, tokens };
    }),
    whole: shard.numbers("row_lengths", index, index + 1)[0],
    ...(shard.has(types) && { types: Uint8Array.from(shard.numbers(types, from, to)) }),
    ...(shard.has(positions) && {
      positions: byAxis(shard, from, to),
      ropeDelta: shard.numbers("rope_deltas", index, index + 1)[0],
    }),
    ...(shard.has(attended) && {
      attended: shard.numbers(attended, first, end).map((tiles) => {
        return { tiles, most: Number(shard.file.metadata.attended_most) };
      }),
    }),
  };
}

/** Returns the positions of the tokens in a range, axis after axis. */
function byAxis(shard: ShardFile, from: number, to: number): Int32Array | Float32Array {
  const { dtype, shape: [, axes] } = shard.tensor("position_ids"), length = to - from;
  const own = shard.numbers("position_ids", from * axes, to * axes);
  const positions = dtype === "F32" ? new Float32Array(own.length) : new Int32Array(own.length);
  return positions.map((_, i) => own[i % length * axes + Math.floor(i / length)]);
}

/** Joins rows of tokens to one. Positions along one axis are the places in each row. */
export function packedRow(rows: readonly TextRow[]): PackedRow {
  const cuSeqlens = new Int32Array(rows.length + 1);
  for (const [index, { ids }] of rows.entries()) cuSeqlens[index + 1] = cuSeqlens[index] + ids.length;
  const labels = joined(rows.map(({ labels }) => labels), Int32Array);
  for (const [index, { ids }] of rows.entries()) if (ids.length > 0) labels[cuSeqlens[index]] = IGNORED;
  const types = rows.flatMap(({ types }) => types ?? []);
  return {
    ids: joined(rows.map(({ ids }) => ids), Int32Array),
    labels,
    ...(types.length === rows.length && { types: joined(types, Uint8Array) }),
    positions: positionsOf(rows),
    cuSeqlens,
  };
}

/** Returns arrays one after another, as one of the type. */
function joined<T extends Int32Array | Float32Array | Uint8Array>(
  arrays: readonly (Int32Array | Float32Array | Uint8Array)[],
  Type: new (length: number) => T,
): T {
  const all = new Type(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** Returns the positions of rows, axis after axis. */
function positionsOf(rows: readonly TextRow[]): Int32Array | Float32Array {
  const own = rows.map(({ positions, ids }) => positions ?? ids.map((_, place) => place));
  const axes = Math.max(1, ...own.map(({ length }, row) => length / Math.max(1, rows[row].ids.length)));
  const parts = Array.from({ length: axes }, (_, axis) =>
    own.map((positions, row) => {
      const { length } = rows[row].ids;
      return positions.subarray(axis * length, (axis + 1) * length);
    })).flat();
  return own[0] instanceof Float32Array ? joined(parts, Float32Array) : joined(parts, Int32Array);
}
