import { join } from "node:path";
import { writeHashed } from "../../../src/formats/hashed_write.ts";
import type { TensorSource } from "../../../src/formats/safetensors_pieces.ts";
import type { StoredDtype } from "../../../src/formats/stored_dtype.ts";
import { sealedPieces } from "../../../src/sft/shards/checks/seal.ts";

const ARRAYS = {
  F32: Float32Array,
  BF16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
  I32: Int32Array,
} as const;

/** Returns a tensor of some numbers. */
export function tensorOf(
  name: string,
  dtype: StoredDtype,
  shape: readonly number[],
  values: readonly number[],
): TensorSource {
  if (dtype === "I64") return { name, dtype, shape, data: BigInt64Array.from(values, BigInt) };
  return { name, dtype, shape, data: ARRAYS[dtype as keyof typeof ARRAYS].from(values) };
}

/** Returns the two tensors of a list of lists, whose items are numbers, or rows of `width` numbers. */
export function listsOf(
  name: string,
  dtype: StoredDtype,
  lists: readonly (readonly number[])[],
  width?: number,
): TensorSource[] {
  const items = lists.flat(), offsets = [0];
  for (const list of lists) offsets.push(offsets.at(-1)! + list.length / (width ?? 1));
  const shape = width === undefined ? [items.length] : [items.length / width, width];
  return [
    tensorOf(name, dtype, shape, items),
    tensorOf(`${name}_offsets`, "I64", [offsets.length], offsets),
  ];
}

/** Returns the bytes of texts, as numbers. */
export function bytesOf(...texts: string[]): number[][] {
  return texts.map((text) => [...new TextEncoder().encode(text)]);
}

/** One shard as it is written by hand. */
export interface HandMadeShard {
  readonly tensors: readonly TensorSource[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly samples: number;
}

/** Writes a set of shards with the least of a manifest that readers ask for. */
export async function writeShards(folder: string, shards: readonly HandMadeShard[]): Promise<void> {
  const listed: unknown[] = [];
  for (const [index, { tensors, metadata, samples }] of shards.entries()) {
    const file = `shard-0000${index}.safetensors`, path = join(folder, file);
    listed.push({ file, ...await writeHashed(path, sealedPieces(tensors, metadata)), samples });
  }
  await Deno.writeTextFile(join(folder, "manifest.json"), JSON.stringify({ shards: listed }));
}
