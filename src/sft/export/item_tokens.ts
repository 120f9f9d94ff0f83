import type { ShardFile } from "../shards/shard_file.ts";
import { IGNORED } from "../text/labels.ts";
import type { ExportTensor } from "./export_item.ts";

/** The arrays of the types that tokens have. */
const ARRAYS = {
  I64: (numbers: readonly number[]) => BigInt64Array.from(numbers, BigInt),
  I32: (numbers: readonly number[]) => Int32Array.from(numbers),
  BOOL: (numbers: readonly number[]) => Uint8Array.from(numbers),
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
 * Returns the tensors of tokens of one sample, or of a pack of several: its samples' tokens one after
 * another, `cu_seqlens` where each begins, and positions that begin again in each. No sample's first token is
 * learnt, as none before it foretells it.
 */
export function itemTokens(
  shard: ShardFile,
  samples: readonly number[],
  packed: boolean,
): Record<string, ExportTensor> {
  if (!shard.has("input_ids")) return {};
  const ranges = samples.map((sample) => shard.range("input_ids", sample)), starts = [0];
  for (const [from, to] of ranges) starts.push(starts.at(-1)! + to - from);
  const total = starts.at(-1)!;
  const beside = (name: string) => ranges.flatMap(([from, to]) => shard.numbers(name, from, to));
  const all: Record<string, ExportTensor> = {
    input_ids: tensor("I64", [total], () => beside("input_ids")),
    labels: tensor("I64", [total], () => {
      const labels = beside("labels");
      if (packed) { for (const start of starts.slice(0, -1)) labels[start] = IGNORED; }
      return labels;
    }),
    mm_token_type_ids: tensor("I64", [total], () => beside("mm_token_type_ids")),
    im_mask: tensor("BOOL", [total], () => beside("im_mask")),
    position_ids: positions(shard, ranges, total),
    cu_seqlens: tensor("I32", [starts.length], () => starts),
    rope_deltas: tensor("I64", [1], () => shard.numbers("rope_deltas", samples[0], samples[0] + 1)),
  };
  return Object.fromEntries(tokenNames(shard, packed).map((name) => [name, all[name]]));
}

/** Returns the positions of tokens: `[axes, tokens]`, or `[tokens]` where the model counts along one axis. */
function positions(shard: ShardFile, ranges: readonly [from: number, to: number][], total: number) {
  if (!shard.has("position_ids")) {
    return tensor("I64", [total], () => ranges.flatMap(([from, to]) => [...Array(to - from).keys()]));
  }
  const [, axes] = shard.tensor("position_ids").shape;
  return tensor("I64", [axes, total], () => {
    const byToken = ranges.flatMap(([from, to]) => shard.numbers("position_ids", from * axes, to * axes));
    return byToken.map((_, at) => byToken[at % total * axes + Math.floor(at / total)]);
  });
}

/** Returns a tensor of numbers, which are made when they are asked for. */
function tensor(dtype: keyof typeof ARRAYS, shape: number[], numbers: () => number[]): ExportTensor {
  return { dtype, shape, bytes: () => Promise.resolve(new Uint8Array(ARRAYS[dtype](numbers()).buffer)) };
}
