import { VitrailError } from "../../../errors.ts";
import type { StoredTensor } from "../../../formats/safetensors.ts";
import type { StoredDtype } from "../../../formats/stored_dtype.ts";
import { countOf } from "../../../layout/shape.ts";
import type { ShardFile } from "../shard_file.ts";

/** The `io` error of a shard whose content contradicts itself. */
export function damagedShard({ path }: Pick<ShardFile, "path">, problem: string): VitrailError {
  return new VitrailError("io", `${path} is damaged: ${problem}; vitrail sft makes it again`);
}

/**
 * Returns a tensor of a shard.
 * @param shape its axes, with `undefined` for one of any length; absent: any shape
 * @throws {VitrailError} `io` where it is missing, of another element type or of another shape.
 */
export function tensorIn(
  shard: ShardFile,
  name: string,
  dtypes: readonly StoredDtype[],
  shape?: readonly (number | undefined)[],
): StoredTensor {
  const tensor = shard.tensor(name);
  const fits = shape === undefined || tensor.shape.length === shape.length &&
      tensor.shape.every((size, axis) => size === (shape[axis] ?? size));
  if (fits && dtypes.includes(tensor.dtype)) return tensor;
  const expected = `${dtypes.join(" or ")}${
    shape ? ` [${shape.map((size) => size ?? "…").join(", ")}]` : ""
  }`;
  throw damagedShard(shard, `${name} is ${tensor.dtype} [${tensor.shape.join(", ")}], expected ${expected}`);
}

/**
 * Checks that all numbers of a tensor are within bounds, both included.
 * @throws {VitrailError} `io`, with the first that is not.
 */
export function requireWithin(shard: ShardFile, name: string, least: number, most: number): void {
  const { data } = shard.tensor(name);
  // Comparing numbers of 64 bits with bounds of 64 bits is quicker than making numbers of them.
  const [low, high] = data instanceof BigInt64Array ? [BigInt(least), BigInt(most)] : [least, most];
  for (let i = 0; i < data.length; i++) {
    if (data[i] >= low && data[i] <= high) continue;
    throw damagedShard(shard, `${name} has ${data[i]} at ${i}, expected ${least} to ${most}`);
  }
}

/**
 * Returns the offsets of lists, and the end of the last, once they are known to cover all items in order.
 * @param items the tensor of the items; absent: the one that the offsets are named after
 * @throws {VitrailError} `io` where they do not.
 */
export function listOffsets(shard: ShardFile, name: string, lists?: number): number[] {
  const own = `${name}_offsets`, [items] = shard.tensor(name).shape;
  const { data, shape: [count] } = tensorIn(shard, own, ["I64"], [
    lists === undefined ? undefined : lists + 1,
  ]);
  if (count === 0) throw damagedShard(shard, `${own} is empty`);
  requireWithin(shard, own, 0, items);
  const offsets = Array.from(data as BigInt64Array, Number);
  const at = offsets.findIndex((offset, index) => offset < (offsets[index - 1] ?? 0));
  if (at >= 0) throw damagedShard(shard, `${own} has ${offsets[at]} at ${at}, behind ${offsets[at - 1]}`);
  if (offsets[0] !== 0 || offsets.at(-1) !== items) {
    throw damagedShard(shard, `${own} is from ${offsets[0]} to ${offsets.at(-1)}, expected 0 to ${items}`);
  }
  return offsets;
}

/** Returns the count of elements of a shape. It is never larger than what a tensor may have in memory. */
export function elementsIn(shard: ShardFile, name: string, shape: readonly number[]): number {
  const count = countOf(shape);
  if (shape.every((size) => size >= 0) && count <= 2 ** 32) return count;
  throw damagedShard(shard, `a sample's ${name} has the shape [${shape.join(", ")}]`);
}
