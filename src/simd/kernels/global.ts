// The global view: bicubic, a = −0.75, no antialias, of a normalised canvas, by whole-number scales. An odd
// scale picks one sample; an even one weighs four an axis by −3/32, 19/32, 19/32, −3/32. Each product and
// each sum is rounded to f32; where `fuse`, the second product is, and the others are added to it by one
// rounding each.
//
//   canvas   [height, stride] bytes       pixels of 4 bytes
//   table    [3, 256] f32                 a byte's value in each channel
//   planes   [3, rows, columns] f32
//
// Reference twin: src/reference/global_view.ts

import { fused } from "./float_sums";

const OUTER: f32 = -3.0 / 32.0;
const INNER: f32 = 19.0 / 32.0;

/** The values of a pixel: red, green, blue, and 0. */
@inline
function valuesAt(pixel: usize, table: usize): v128 {
  const red = v128.load32_zero(table + (<usize> load<u8>(pixel) << 2));
  const green = v128.load32_lane(table + 1024 + (<usize> load<u8>(pixel, 1) << 2), red, 1);
  return v128.load32_lane(table + 2048 + (<usize> load<u8>(pixel, 2) << 2), green, 2);
}

/** Four samples, weighed. */
@inline
function weighed(a: v128, b: v128, c: v128, d: v128, fuse: bool): v128 {
  const outer = f32x4.splat(OUTER), inner = f32x4.splat(INNER);
  if (fuse) {
    const sum = fused(OUTER, a, f32x4.mul(b, inner), true);
    return fused(OUTER, d, fused(INNER, c, sum, true), true);
  }
  let sum = f32x4.mul(a, outer);
  sum = f32x4.add(sum, f32x4.mul(b, inner));
  sum = f32x4.add(sum, f32x4.mul(c, inner));
  return f32x4.add(sum, f32x4.mul(d, outer));
}

/** The byte of a sample along a line; samples beyond an end are its last pixel. */
@inline
function clamped(index: i32, length: i32): usize {
  return <usize> min(max(index, 0), length - 1);
}

/** One sample of a line, or four weighed. */
@inline
function across(line: usize, first: i32, width: i32, odd: bool, table: usize, fuse: bool): v128 {
  if (odd) return valuesAt(line + (<usize> first << 2), table);
  return weighed(
    valuesAt(line + (clamped(first, width) << 2), table),
    valuesAt(line + (clamped(first + 1, width) << 2), table),
    valuesAt(line + (clamped(first + 2, width) << 2), table),
    valuesAt(line + (clamped(first + 3, width) << 2), table),
    fuse,
  );
}

/** The first sample of an axis. */
@inline
function firstOf(index: i32, scale: i32, odd: bool): i32 {
  return index * scale + scale / 2 - (odd ? 0 : 2);
}

/** Makes the view of a canvas. */
export function globalView(
  canvas: usize,
  stride: usize,
  width: i32,
  height: i32,
  table: usize,
  planes: usize,
  columns: i32,
  rows: i32,
  fuse: bool,
): void {
  const scaleX = width / columns, scaleY = height / rows;
  const oddX = (scaleX & 1) == 1, oddY = (scaleY & 1) == 1;
  const plane = <usize> (rows * columns) << 2;
  for (let row = 0; row < rows; row++) {
    const y = firstOf(row, scaleY, oddY);
    const line0 = canvas + clamped(y, height) * stride, line1 = canvas + clamped(y + 1, height) * stride;
    const line2 = canvas + clamped(y + 2, height) * stride, line3 = canvas + clamped(y + 3, height) * stride;
    for (let column = 0; column < columns; column++, planes += 4) {
      const x = firstOf(column, scaleX, oddX);
      let value = across(line0, x, width, oddX, table, fuse);
      if (!oddY) {
        value = weighed(
          value,
          across(line1, x, width, oddX, table, fuse),
          across(line2, x, width, oddX, table, fuse),
          across(line3, x, width, oddX, table, fuse),
          fuse,
        );
      }
      v128.store32_lane(planes, value, 0);
      v128.store32_lane(planes + plane, value, 1);
      v128.store32_lane(planes + 2 * plane, value, 2);
    }
  }
}
