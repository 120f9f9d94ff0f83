import { Tensor } from "../../engine/results/tensor.ts";
import { VitrailError } from "../../errors.ts";
import { type PackedRow, packedRow } from "./read_tokens.ts";
import { ShardReader, type ShardSample } from "./read_shard.ts";
import { openShard } from "./checks/check_shard.ts";

/** One training sequence of several samples: their rows of tokens, joined, and their outputs. */
export interface ShardPack extends PackedRow {
  /** The samples, in order. */
  readonly samples: readonly ShardSample[];
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
  const shard = await openShard(path), reader = new ShardReader(shard);
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
  const outputs: Record<string, Tensor | readonly Tensor[]> = {};
  for (const name of new Set(samples.flatMap(({ outputs }) => Object.keys(outputs)))) {
    outputs[name] = await joinedTensors(name, samples.flatMap(({ outputs }) => outputs[name] ?? []));
  }
  return { samples, ...packedRow(samples.map(({ tokenRow }) => tokenRow!)), outputs };
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
