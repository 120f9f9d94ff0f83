// Resampling in floats, as torch does. After the first product of a sum those of whole groups of `unrolled`
// are rounded to f32 by themselves, where there are such groups. The others are fused with their sums, which
// are then rounded once. A pixel is a vector of four f32: red, green, blue, and one that means nothing.
//
//   source   [lines, stride] bytes           pixels of 16 bytes
//   taps     [length, tapStride] bytes       of an output pixel: its first source pixel (i32), its count of
//                                            taps (i32), weights (f32)
//
// WebAssembly has no fused operation that is the same everywhere, so it is made of f64: there a product of
// two f32 is exact, and so is its sum with a third but for the last bit. That bit decides where a sum seems
// to lie in the middle between two f32, and only there.
//
// Reference twin: src/reference/resample_floats.ts

/** The bits of an f64 that an f32 lacks, and what they are in the middle between two f32. */
const LACKED: i64 = 0x1fffffff;
const MIDDLE: i64 = 0x10000000;

/** The parts of exact sums that two sums in f64 lack. */
@inline
function lostOf(product: v128, addend: v128, sum: v128): v128 {
  const back = f64x2.sub(sum, product);
  return f64x2.add(f64x2.sub(product, f64x2.sub(sum, back)), f64x2.sub(addend, back));
}

/** Sums in f64 that lie in the middle between two f32, moved off it to the side where the exact sum lies. */
function offTheMiddle(product: v128, addend: v128, sum: v128, middle: v128): v128 {
  const lost = lostOf(product, addend, sum), zero = f64x2.splat(0);
  const inexact = v128.and(middle, f64x2.ne(lost, zero));
  const away = i64x2.eq(f64x2.gt(lost, zero), f64x2.gt(sum, zero)); // from zero: -1 where true
  const step = v128.bitselect(i64x2.splat(1), i64x2.splat(-1), away);
  return i64x2.add(sum, v128.and(step, inexact));
}

/** Two lanes of `weight · pixel + addend`, rounded once: the first two lanes of the result. */
@inline
function fusedPair(weight: v128, pixel: v128, addend: v128, short: bool): v128 {
  const product = f64x2.mul(weight, f64x2.promote_low_f32x4(pixel));
  const wide = f64x2.promote_low_f32x4(addend);
  let sum = f64x2.add(product, wide);
  let middle = i64x2.eq(v128.and(sum, i64x2.splat(LACKED)), i64x2.splat(MIDDLE));
  if (short) middle = v128.and(middle, f64x2.ne(lostOf(product, wide, sum), f64x2.splat(0)));
  if (v128.any_true(middle)) sum = offTheMiddle(product, wide, sum, middle);
  return f32x4.demote_f64x2_zero(sum);
}

/**
 * `weight · pixel + addend`, rounded once.
 * @param short true for a weight of a few bits: many of its sums lie in a middle, nearly all of them exactly
 */
@inline
export function fused(weight: f32, pixel: v128, addend: v128, short: bool): v128 {
  const wide = f64x2.splat(<f64> weight);
  const low = fusedPair(wide, pixel, addend, short);
  const high = fusedPair(
    wide,
    i64x2.shuffle(pixel, pixel, 1, 0),
    i64x2.shuffle(addend, addend, 1, 0),
    short,
  );
  return i64x2.shuffle(low, high, 0, 2);
}

/** The sum of an output pixel's taps, whose source pixels lie `step` bytes apart. */
@inline
function sumOf(tap: usize, pixel: usize, step: usize, unrolled: i32): v128 {
  const count = load<i32>(tap, 4), alone = unrolled == 0 ? 0 : (count - 1) / unrolled * unrolled;
  let weight = tap + 8;
  let sum = f32x4.mul(v128.load32_splat(weight), v128.load(pixel));
  for (let k = 0; k < alone; k++) {
    weight += 4;
    pixel += step;
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weight), v128.load(pixel)));
  }
  for (let k = alone + 1; k < count; k++) {
    weight += 4;
    pixel += step;
    sum = fused(load<f32>(weight), v128.load(pixel), sum, false);
  }
  return sum;
}

/** The horizontal pass: each line gets its output columns. */
export function horizontalFloats(
  source: usize,
  sourceStride: usize,
  lines: i32,
  taps: usize,
  tapStride: usize,
  columns: i32,
  target: usize,
  targetStride: usize,
  unrolled: i32,
): void {
  for (let line = 0; line < lines; line++, source += sourceStride, target += targetStride) {
    let tap = taps, out = target;
    for (let x = 0; x < columns; x++, tap += tapStride, out += 16) {
      v128.store(out, sumOf(tap, source + (<usize> load<i32>(tap) << 4), 16, unrolled));
    }
  }
}

/** The vertical pass: each output line weighs lines of `pixels` pixels. */
export function verticalFloats(
  source: usize,
  sourceStride: usize,
  pixels: i32,
  taps: usize,
  tapStride: usize,
  lines: i32,
  target: usize,
  targetStride: usize,
  unrolled: i32,
): void {
  const width = <usize> pixels << 4;
  for (let made = 0; made < lines; made++, taps += tapStride, target += targetStride) {
    const first = source + <usize> load<i32>(taps) * sourceStride;
    for (let at: usize = 0; at < width; at += 16) {
      v128.store(target + at, sumOf(taps, first + at, sourceStride, unrolled));
    }
  }
}
