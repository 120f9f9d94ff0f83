// Stores patches that lie side by side on a canvas: each byte's element, and each patch in one piece.
//
//   pixels   [height, stride] bytes       pixels of 4 bytes: `count` patches of `width` columns
//   tables   [3, 256] elements            a byte's element in each channel
//   target   [count, patchBytes] bytes    in a patch elements: a channel's [height, width] begins `red`,
//                                         `green` or `blue` bytes from its first, and again after every
//                                         `copyBytes` for `copies` in all
//
// An element has 4, 2 or 1 bytes, as the kernels' names say. Elements come from tables, one load after
// another: there is nothing here for vectors to do.
// Reference twin: src/reference/reference_rows.ts

/** One channel of a patch. */
@inline
function channel<T>(
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
    for (let at = pixels, end = pixels + bytes; at < end; at += 4, to += sizeof<T>()) {
      store<T>(to, load<T>(table + (<usize> load<u8>(at)) * sizeof<T>()));
    }
  }
  for (let copy = 1, next = target + copyBytes; copy < copies; copy++, next += copyBytes) {
    memory.copy(next, target, to - target);
  }
}

/** The patches from left to right. */
@inline
function patches<T>(
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
  const table = 256 * sizeof<T>();
  for (let patch = 0; patch < count; patch++, pixels += <usize> (width << 2), target += patchBytes) {
    channel<T>(pixels, stride, width, height, tables, target + red, copies, copyBytes);
    channel<T>(pixels + 1, stride, width, height, tables + table, target + green, copies, copyBytes);
    channel<T>(pixels + 2, stride, width, height, tables + 2 * table, target + blue, copies, copyBytes);
  }
}

/** Patches of f32. */
export function storePatches4(
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
  patches<u32>(
    pixels, stride, width, height, count, tables, red, green, blue, target, patchBytes, copies, copyBytes,
  );
}

/** Patches of f16 and bf16. */
export function storePatches2(
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
  patches<u16>(
    pixels, stride, width, height, count, tables, red, green, blue, target, patchBytes, copies, copyBytes,
  );
}

/** Patches of u8. */
export function storePatches1(
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
  patches<u8>(
    pixels, stride, width, height, count, tables, red, green, blue, target, patchBytes, copies, copyBytes,
  );
}
