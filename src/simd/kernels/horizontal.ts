// The horizontal pass on bytes: each line of a source gets its output columns, rounded to bytes.
//
//   source   [lines, sourceStride] bytes   pixels of 3 bytes (`horizontalRgb`) or 4 (`horizontalRgba`)
//   taps     [columns, tapStride] bytes    of a column, in i32: the byte of its first source pixel in a line,
//                                          its count of pairs of taps, then of each pair the weights' upper
//                                          and lower parts
//   target   [lines, targetStride] bytes   pixels of 4 bytes, of which the fourth means nothing
//
// A weight of 22 bits is upper · 2048 + lower, both i16. A dot product then adds two taps of four channels at
// once, and (upper << 11) + lower of the sums is exact in i32. An odd count of taps ends with a weight of 0.
//
//   two lines' pairs of pixels   r0 g0 b0 a0 r1 g1 b1 a1 | r0 g0 b0 a0 r1 g1 b1 a1
//   shuffled                     r0 r1 g0 g1 b0 b1 a0 a1 | r0 r1 g0 g1 b0 b1 a0 a1
//
// Four lines are made at once, so that their weights are loaded once. Loads are of 8 bytes: that many behind
// the last pixel of a source must be readable.
// Reference twin: src/reference/resample.ts

const HALF: i32 = 1 << 21;
const BITS: i32 = 22;
const LOWER_BITS: i32 = 11;

/** Sums as bytes, in the first four lanes. */
@inline
function rounded(upper: v128, lower: v128): v128 {
  const sum = i32x4.shr_s(i32x4.add(i32x4.shl(upper, LOWER_BITS), lower), BITS);
  const halves = i16x8.narrow_i32x4_s(sum, sum);
  return i8x16.narrow_i16x8_u(halves, halves);
}

/** Two pixels of each of two lines, channel beside channel. */
@inline
function paired(bytes: i32, first: usize, second: usize): v128 {
  const pixels = v128.load64_lane(second, v128.load64_zero(first), 1);
  return bytes == 3
    ? v128.shuffle<u8>(pixels, pixels, 0, 3, 1, 4, 2, 5, 6, 7, 8, 11, 9, 12, 10, 13, 14, 15)
    : v128.shuffle<u8>(pixels, pixels, 0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
}

/** Makes four lines; where `step` is 0, one of them four times. */
@inline
function fourLines(
  bytes: i32,
  source: usize,
  step: usize,
  taps: usize,
  tapStride: usize,
  columns: i32,
  target: usize,
  targetStep: usize,
): void {
  const end = target + (<usize> columns << 2);
  for (; target < end; target += 4, taps += tapStride) {
    let pixel = source + <usize> load<i32>(taps);
    let weights = taps + 8;
    const last = weights + (<usize> load<i32>(taps, 4) << 3);
    let upper0 = i32x4.splat(0), upper1 = upper0, upper2 = upper0, upper3 = upper0;
    let lower0 = i32x4.splat(HALF), lower1 = lower0, lower2 = lower0, lower3 = lower0;
    for (; weights < last; weights += 8, pixel += <usize> (bytes * 2)) {
      const upper = v128.load32_splat(weights), lower = v128.load32_splat(weights, 4);
      const lines01 = paired(bytes, pixel, pixel + step);
      const lines23 = paired(bytes, pixel + 2 * step, pixel + 3 * step);
      const line0 = i16x8.extend_low_i8x16_u(lines01), line1 = i16x8.extend_high_i8x16_u(lines01);
      const line2 = i16x8.extend_low_i8x16_u(lines23), line3 = i16x8.extend_high_i8x16_u(lines23);
      upper0 = i32x4.add(upper0, i32x4.dot_i16x8_s(line0, upper));
      lower0 = i32x4.add(lower0, i32x4.dot_i16x8_s(line0, lower));
      upper1 = i32x4.add(upper1, i32x4.dot_i16x8_s(line1, upper));
      lower1 = i32x4.add(lower1, i32x4.dot_i16x8_s(line1, lower));
      upper2 = i32x4.add(upper2, i32x4.dot_i16x8_s(line2, upper));
      lower2 = i32x4.add(lower2, i32x4.dot_i16x8_s(line2, lower));
      upper3 = i32x4.add(upper3, i32x4.dot_i16x8_s(line3, upper));
      lower3 = i32x4.add(lower3, i32x4.dot_i16x8_s(line3, lower));
    }
    v128.store32_lane(target, rounded(upper0, lower0), 0);
    v128.store32_lane(target + targetStep, rounded(upper1, lower1), 0);
    v128.store32_lane(target + 2 * targetStep, rounded(upper2, lower2), 0);
    v128.store32_lane(target + 3 * targetStep, rounded(upper3, lower3), 0);
  }
}

/**
 * Makes all lines by fours; the last four may be made in part a second time, and fewer than four one by one.
 */
@inline
function allLines(
  bytes: i32,
  source: usize,
  sourceStride: usize,
  lines: i32,
  taps: usize,
  tapStride: usize,
  columns: i32,
  target: usize,
  targetStride: usize,
): void {
  const together = lines < 4 ? 1 : 4;
  const step = together == 4 ? sourceStride : 0, targetStep = together == 4 ? targetStride : 0;
  for (let line = 0; line < lines; line += together) {
    const at = <usize> min(line, lines - together);
    fourLines(
      bytes, source + at * sourceStride, step,
      taps, tapStride, columns,
      target + at * targetStride, targetStep,
    );
  }
}

/** The pass over pixels of 3 bytes. */
export function horizontalRgb(
  source: usize,
  sourceStride: usize,
  lines: i32,
  taps: usize,
  tapStride: usize,
  columns: i32,
  target: usize,
  targetStride: usize,
): void {
  allLines(3, source, sourceStride, lines, taps, tapStride, columns, target, targetStride);
}

/** The pass over pixels of 4 bytes. */
export function horizontalRgba(
  source: usize,
  sourceStride: usize,
  lines: i32,
  taps: usize,
  tapStride: usize,
  columns: i32,
  target: usize,
  targetStride: usize,
): void {
  allLines(4, source, sourceStride, lines, taps, tapStride, columns, target, targetStride);
}
