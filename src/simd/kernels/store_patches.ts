// Stores patches that lie side by side on a canvas: each byte's element, and each patch in one piece.
//
//   pixels   [height, stride] bytes       pixels of 4 bytes: `count` patches of `width` columns
//   tables   [3, 256] f32                 a byte's element in each channel
//   target   [count, patchBytes] bytes    in a patch f32: a channel's [height, width] begins `red`, `green`
//                                         or `blue` bytes from its first, and again after every `copyBytes`
//                                         for `copies` in all
//
// Elements come from tables, one load after another: there is nothing here for vectors to do.
// Reference twin: src/reference/reference_rows.ts

/** One channel of a patch. */
@inline
function channel(
  pixels: usize,
  stride: usize,
  width: i32,
  height: i32,
  table: usize,
  target: usize,
  copies: i32,
  copyBytes: usize,
): void {
  const bytes = <usize> (width << 2);
  let to = target;
  for (let y = 0; y < height; y++, pixels += stride) {
    for (let at = pixels, end = pixels + bytes; at < end; at += 4, to += 4) {
      store<f32>(to, load<f32>(table + (<usize> load<u8>(at) << 2)));
    }
  }
  for (let copy = 1, next = target + copyBytes; copy < copies; copy++, next += copyBytes) {
    memory.copy(next, target, to - target);
  }
}

/** The patches from left to right. */
export function storePatches(
  pixels: usize,
  stride: usize,
  width: i32,
  height: i32,
  count: i32,
  tables: usize,
  red: usize,
  green: usize,
  blue: usize,
  target: usize,
  patchBytes: usize,
  copies: i32,
  copyBytes: usize,
): void {
  for (let patch = 0; patch < count; patch++, pixels += <usize> (width << 2), target += patchBytes) {
    channel(pixels, stride, width, height, tables, target + red, copies, copyBytes);
    channel(pixels + 1, stride, width, height, tables + 1024, target + green, copies, copyBytes);
    channel(pixels + 2, stride, width, height, tables + 2048, target + blue, copies, copyBytes);
  }
}
