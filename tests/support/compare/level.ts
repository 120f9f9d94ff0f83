/** Returns the smallest distance of two neighbouring values of a table: one level of a byte. */
export function levelOf(table: Float32Array): number {
  return table.reduce((least, value, i) => i % 256 ? Math.min(least, value - table[i - 1]) : least, Infinity);
}
