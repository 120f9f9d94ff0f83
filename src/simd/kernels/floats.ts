// Resampling in floats, as torch does on a GPU: each product and each sum is rounded to f32, none is fused,
// and bytes are made once, after both passes. A pixel is a vector of four f32: red, green, blue, and one that
// means nothing.
//
//   bytes    [lines, stride] bytes           pixels of 3 or 4 bytes
//   floats   [lines, stride] bytes           pixels of 16 bytes
//   taps     [length, tapStride] bytes       of an output pixel: its first source pixel (i32), its count of
//                                            taps (i32), weights (f32)
//
// Reference twin: src/reference/resample_floats.ts

/** Makes floats of pixels of `bytes` bytes each; 4 bytes behind the last must be readable. */
export function widen(source: usize, bytes: i32, pixels: i32, target: usize): void {
  const end = target + (<usize> pixels << 4);
  for (; target < end; target += 16, source += <usize> bytes) {
    const wide = i16x8.extend_low_i8x16_u(v128.load32_zero(source));
    v128.store(target, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(wide)));
  }
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
): void {
  for (let line = 0; line < lines; line++, source += sourceStride, target += targetStride) {
    let tap = taps, out = target;
    for (let x = 0; x < columns; x++, tap += tapStride, out += 16) {
      let pixel = source + (<usize> load<i32>(tap) << 4);
      let weight = tap + 8;
      const last = weight + (<usize> load<i32>(tap, 4) << 2);
      let sum = f32x4.splat(0);
      for (; weight < last; weight += 4, pixel += 16) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weight), v128.load(pixel)));
      }
      v128.store(out, sum);
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
): void {
  const width = <usize> pixels << 4;
  for (let made = 0; made < lines; made++, taps += tapStride, target += targetStride) {
    const first = source + <usize> load<i32>(taps) * sourceStride;
    const weights = taps + 8, last = weights + (<usize> load<i32>(taps, 4) << 2);
    for (let at: usize = 0; at < width; at += 16) {
      let sum = f32x4.splat(0), pixel = first + at;
      for (let weight = weights; weight < last; weight += 4, pixel += sourceStride) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weight), v128.load(pixel)));
      }
      v128.store(target + at, sum);
    }
  }
}

/** Makes pixels of 4 bytes of floats: the nearest, halves to even, within 0 to 255. */
export function narrow(source: usize, pixels: i32, target: usize): void {
  const end = target + (<usize> pixels << 2);
  for (; target < end; target += 4, source += 16) {
    const whole = i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.load(source)));
    const halves = i16x8.narrow_i32x4_s(whole, whole);
    v128.store32_lane(target, i8x16.narrow_i16x8_u(halves, halves), 0);
  }
}
