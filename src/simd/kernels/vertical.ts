// The vertical pass on bytes: each output line weighs lines of a source, byte by byte.
//
//   source   [lines, sourceStride] bytes   pixels of any width: a byte of a line is weighed alone
//   taps     [lines, tapStride] bytes      of an output line, in i32: its first source line, its count of
//                                          pairs of taps, then of each pair the weights' upper and lower
//                                          parts, as in horizontal.ts
//   target   [lines, targetStride] bytes   `width` bytes of each line are written, a multiple of 4
//
// Two lines are interleaved, so that a dot product adds both taps of a byte; 16 bytes are made at once.
//
//   line 0   a0 a1 a2 …  \  a0 b0 a1 b1 a2 b2 …   as i16, and a weight of each line
//   line 1   b0 b1 b2 …  /
//
// An odd count of taps ends with a weight of 0, for a line that must be readable. So must 16 bytes behind the
// source.
// Reference twin: src/reference/resample.ts

const HALF: i32 = 1 << 21;
const BITS: i32 = 22;
const LOWER_BITS: i32 = 11;

/** Sums of four bytes. */
@inline
function shifted(upper: v128, lower: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.shl(upper, LOWER_BITS), lower), BITS);
}

/** Sixteen bytes of an output line. */
@inline
function sixteen(line: usize, stride: usize, weights: usize, last: usize): v128 {
  let upper0 = i32x4.splat(0), upper1 = upper0, upper2 = upper0, upper3 = upper0;
  let lower0 = i32x4.splat(HALF), lower1 = lower0, lower2 = lower0, lower3 = lower0;
  for (; weights < last; weights += 8, line += 2 * stride) {
    const first = v128.load(line), second = v128.load(line + stride);
    const low = v128.shuffle<u8>(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const high = v128.shuffle<u8>(
      first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31,
    );
    const bytes0 = i16x8.extend_low_i8x16_u(low), bytes1 = i16x8.extend_high_i8x16_u(low);
    const bytes2 = i16x8.extend_low_i8x16_u(high), bytes3 = i16x8.extend_high_i8x16_u(high);
    const upper = v128.load32_splat(weights), lower = v128.load32_splat(weights, 4);
    upper0 = i32x4.add(upper0, i32x4.dot_i16x8_s(bytes0, upper));
    lower0 = i32x4.add(lower0, i32x4.dot_i16x8_s(bytes0, lower));
    upper1 = i32x4.add(upper1, i32x4.dot_i16x8_s(bytes1, upper));
    lower1 = i32x4.add(lower1, i32x4.dot_i16x8_s(bytes1, lower));
    upper2 = i32x4.add(upper2, i32x4.dot_i16x8_s(bytes2, upper));
    lower2 = i32x4.add(lower2, i32x4.dot_i16x8_s(bytes2, lower));
    upper3 = i32x4.add(upper3, i32x4.dot_i16x8_s(bytes3, upper));
    lower3 = i32x4.add(lower3, i32x4.dot_i16x8_s(bytes3, lower));
  }
  return i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(shifted(upper0, lower0), shifted(upper1, lower1)),
    i16x8.narrow_i32x4_s(shifted(upper2, lower2), shifted(upper3, lower3)),
  );
}

/** The pass over lines of `width` bytes, a multiple of 4. */
export function vertical(
  source: usize,
  sourceStride: usize,
  width: i32,
  taps: usize,
  tapStride: usize,
  lines: i32,
  target: usize,
  targetStride: usize,
): void {
  const whole = <usize> (width & ~15), end = <usize> width;
  for (let made = 0; made < lines; made++, taps += tapStride, target += targetStride) {
    const line = source + <usize> load<i32>(taps) * sourceStride;
    const weights = taps + 8, last = weights + (<usize> load<i32>(taps, 4) << 3);
    for (let at: usize = 0; at < whole; at += 16) {
      v128.store(target + at, sixteen(line + at, sourceStride, weights, last));
    }
    if (whole == end) continue;
    let rest = sixteen(line + whole, sourceStride, weights, last);
    for (let at = whole; at < end; at += 4) {
      v128.store32_lane(target + at, rest, 0);
      rest = v128.shuffle<u8>(rest, rest, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
    }
  }
}
