import { Tensor } from "../../engine/results/tensor.ts";
import { VitrailError } from "../../errors.ts";
import { IGNORED } from "../text/labels.ts";
import type { TextRow } from "../text/sample_text.ts";
import { ShardReader, type ShardSample } from "./read_shard.ts";
import { ShardFile } from "./shard_file.ts";

/** One training sequence of several samples. */
export interface ShardPack {
  /** The samples, in order. */
  readonly samples: readonly ShardSample[];
  /** The tokens' ids `[length]`. */
  readonly ids: Int32Array;
  /** The labels `[length]`. No sample's first token is learnt, since nothing before it foretells it. */
  readonly labels: Int32Array;
  /** The kind of each token `[length]`; absent where it is not known. */
  readonly types?: Uint8Array;
  /** The place of each token, axis after axis: `[axes, length]`. It begins anew in each sample. */
  readonly positions: Int32Array;
  /** The places where samples begin, and the end of the last: `[samples + 1]`. */
  readonly cuSeqlens: Int32Array;
  /**
   * The samples' outputs by name, joined along the first axis. Where Python gives lists, or tensors that do
   * not fit behind one another, it is a list of each sample's.
   */
  readonly outputs: Readonly<Record<string, Tensor | readonly Tensor[]>>;
}

/**
 * Reads the packs of a shard that `vitrail sft --pack` made, in order.
 * @throws {VitrailError} `io` where it cannot be read, or where it is something else; `usage` for one of a
 * set without packs.
 */
export async function* readPacks(path: string): AsyncGenerator<ShardPack, void, void> {
  const shard = await ShardFile.read(path), reader = new ShardReader(shard);
  if (!shard.has("pack_samples")) {
    throw new VitrailError("usage", `${path} has no packs; make the set with --pack, or take readShard`);
  }
  const [packs] = shard.tensor("pack_samples_offsets").shape;
  for (let index = 0; index < packs - 1; index++) {
    yield await packOf(shard.list("pack_samples", index).map((sample) => reader.sample(sample)));
  }
}

/** Joins samples to one sequence. */
async function packOf(samples: readonly ShardSample[]): Promise<ShardPack> {
  const rows = samples.map(({ tokenRow }) => tokenRow!), cuSeqlens = new Int32Array(rows.length + 1);
  for (const [index, { ids }] of rows.entries()) cuSeqlens[index + 1] = cuSeqlens[index] + ids.length;
  const labels = joined(rows.map(({ labels }) => labels));
  for (const [index, { ids }] of rows.entries()) if (ids.length > 0) labels[cuSeqlens[index]] = IGNORED;
  const types = rows.flatMap(({ types }) => types ?? []);
  const outputs: Record<string, Tensor | readonly Tensor[]> = {};
  for (const name of new Set(samples.flatMap(({ outputs }) => Object.keys(outputs)))) {
    outputs[name] = await joinedTensors(name, samples.flatMap(({ outputs }) => outputs[name] ?? []));
  }
  return {
    samples,
    ids: joined(rows.map(({ ids }) => ids)),
    labels,
    ...(types.length === rows.length && { types: Uint8Array.from(types.flatMap((own) => [...own])) }),
    positions: positionsOf(rows),
    cuSeqlens,
    outputs,
  };
}

/** Returns arrays one after another. */
function joined(arrays: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** Returns the positions of rows, axis after axis; where a model counts along one, the places in each row. */
function positionsOf(rows: readonly TextRow[]): Int32Array {
  const own = rows.map(({ positions, ids }) => positions ?? Int32Array.from(ids.keys()));
  const axes = Math.max(1, ...own.map(({ length }, row) => length / Math.max(1, rows[row].ids.length)));
  return joined(Array.from({ length: axes }, (_, axis) =>
    joined(own.map((positions, row) => {
      const { length } = rows[row].ids;
      return positions.subarray(axis * length, (axis + 1) * length);
    }))));
}

/** Returns tensors joined along the first axis, or as they are where that cannot be. */
async function joinedTensors(name: string, tensors: readonly Tensor[]): Promise<Tensor | readonly Tensor[]> {
  const [{ dtype, shape: [, ...rest] }] = tensors;
  const fit = tensors.every(({ shape: [, ...own], lists }) => !lists && own.join() === rest.join());
  if (!fit) return tensors;
  const parts = await Promise.all(tensors.map((tensor) => tensor.bytes()));
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const first = tensors.reduce((sum, { shape: [rows] }) => sum + rows, 0);
  return new Tensor(name, dtype, [first, ...rest], bytes);
}
