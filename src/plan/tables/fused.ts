const { fround } = Math;

/**
 * Returns `a · b + c` of f32, rounded to f32 once, as a fused operation does. The product is exact in f64,
 * and so is the sum but for its last bit. That bit decides only where the sum seems to lie in the middle
 * between two f32.
 */
export function fused(a: number, b: number, c: number): number {
  const product = a * b, sum = product + c;
  const rounded = fround(sum);
  const mirrored = 2 * sum - rounded; // where `sum` is such a middle, the f32 on its other side
  if (mirrored === rounded || fround(mirrored) !== mirrored) return rounded;
  const back = sum - product, lost = (product - (sum - back)) + (c - back);
  if (lost === 0) return rounded;
  return lost > 0 ? Math.max(rounded, mirrored) : Math.min(rounded, mirrored);
}
