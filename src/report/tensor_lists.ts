/** Returns a tensor's elements as lists in lists, as JSON gives them. */
export function tensorLists(data: BigInt64Array | Float32Array, shape: readonly number[]): unknown {
  const values = Array.from<bigint | number, unknown>(data, Number);
  return shape.slice(1).reduceRight<unknown[]>(
    (list, length) =>
      Array.from({ length: list.length / length }, (_, i) => list.slice(i * length, (i + 1) * length)),
    values,
  );
}
