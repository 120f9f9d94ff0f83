// Bytes and floats, before and after the passes of float_sums.ts. A pixel of floats is a vector of four f32:
// red, green, blue, and one that means nothing.
//
//   bytes    [lines, stride] bytes           pixels of 3 or 4 bytes
//   floats   [lines, stride] bytes           pixels of 16 bytes
//
// Reference twin: src/reference/resample_floats.ts and src/reference/float_canvas.ts

/** Makes floats of pixels of `bytes` bytes each; 4 bytes behind the last must be readable. */
export function widen(source: usize, bytes: i32, pixels: i32, target: usize): void {
  const end = target + (<usize> pixels << 4);
  for (; target < end; target += 16, source += <usize> bytes) {
    const wide = i16x8.extend_low_i8x16_u(v128.load32_zero(source));
    v128.store(target, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(wide)));
  }
}

/** Makes floats of pixels of `bytes` bytes each: the value of each byte in a table, `[256]` f32. */
export function lookUp(source: usize, bytes: i32, pixels: i32, table: usize, target: usize): void {
  const end = target + (<usize> pixels << 4);
  for (; target < end; target += 16, source += <usize> bytes) {
    let values = v128.load32_zero(table + (<usize> load<u8>(source) << 2));
    values = v128.load32_lane(table + (<usize> load<u8>(source, 1) << 2), values, 1);
    v128.store(target, v128.load32_lane(table + (<usize> load<u8>(source, 2) << 2), values, 2));
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

/** Multiplies floats, a multiple of four of them, in place. */
export function scale(floats: usize, count: i32, factor: f32): void {
  const by = f32x4.splat(factor), end = floats + (<usize> count << 2);
  for (; floats < end; floats += 16) v128.store(floats, f32x4.mul(v128.load(floats), by));
}

/**
 * Makes planes `[3, lines, columns]` of pixels: each channel's `(value − mean) / std`.
 * @param steps the means of four channels, then their deviations
 */
export function planes(
  source: usize,
  sourceStride: usize,
  lines: i32,
  columns: i32,
  steps: usize,
  target: usize,
): void {
  const mean = v128.load(steps), std = v128.load(steps, 16);
  const plane = <usize> (lines * columns) << 2;
  for (let line = 0; line < lines; line++, source += sourceStride) {
    let pixel = source;
    for (let x = 0; x < columns; x++, pixel += 16, target += 4) {
      const value = f32x4.div(f32x4.sub(v128.load(pixel), mean), std);
      v128.store32_lane(target, value, 0);
      v128.store32_lane(target + plane, value, 1);
      v128.store32_lane(target + 2 * plane, value, 2);
    }
  }
}
