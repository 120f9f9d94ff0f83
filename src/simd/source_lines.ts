import type { Range, Size } from "../plan/geometry.ts";
import { pixelBytes, type StoredPicture, storedPixel, uprightSize } from "../plan/stored_picture.ts";
import type { Arena } from "./arena.ts";
import { LineWindow } from "./line_window.ts";

/**
 * A canvas in the arena: lines of pixels of four bytes, or on a canvas of floats of four f32. The fourth
 * means nothing.
 */
export interface SimdCanvas extends Size {
  address: number;
  /** Bytes from one line to the next, a multiple of 16. */
  stride: number;
}

/** The pixels that a placement reads: a picture in CPU memory, or a canvas in the arena. */
export type Origin = StoredPicture | SimdCanvas;

/** The upright lines of an origin, some at a time, as kernels read them. */
export interface SourceLines {
  /** Bytes from one line to the next. */
  readonly stride: number;
  /** Bytes of a pixel. */
  readonly bytes: 3 | 4;
  /** Has some lines in the arena; returns where pixel 0 of line 0 would lie. */
  hold(lines: Range): number;
  /** Gives its memory back. */
  close(): void;
}

/** Returns an origin's upright size. */
export function originSize(origin: Origin): Size {
  return "stride" in origin ? origin : uprightSize(origin, origin.orientation);
}

/**
 * Opens an origin's lines. A canvas's lie in the arena; a picture's are copied there as they are wanted.
 * @param columns the pixels of a line that are wanted
 * @param capacity the most lines that are held at once
 */
export function openLines(arena: Arena, origin: Origin, columns: Range, capacity: number): SourceLines {
  if ("stride" in origin) {
    return { stride: origin.stride, bytes: 4, hold: () => origin.address, close() {} };
  }
  const bytes = origin.orientation === 1 ? pixelBytes(origin) : 4;
  const stride = (columns.to - columns.from) * bytes;
  const copy = origin.orientation === 1 ? copyStored : copyTurned;
  const window = new LineWindow(arena, stride, capacity, (lines, address) => {
    copy(arena, origin, lines, columns, address);
  });
  return {
    stride,
    bytes,
    hold: (lines) => window.hold(lines) - columns.from * bytes,
    close: () => window.close(),
  };
}

/** Copies lines of an upright picture. */
function copyStored(
  arena: Arena,
  picture: StoredPicture,
  lines: Range,
  columns: Range,
  address: number,
): void {
  const bytes = pixelBytes(picture), line = picture.width * bytes, { data } = picture;
  if (columns.from === 0 && columns.to === picture.width) {
    arena.bytes.set(data.subarray(lines.from * line, lines.to * line), address);
    return;
  }
  for (let y = lines.from, to = address; y < lines.to; y++) {
    const own = data.subarray(y * line + columns.from * bytes, y * line + columns.to * bytes);
    arena.bytes.set(own, to);
    to += own.length;
  }
}

/** Copies pixel by pixel, each from where the orientation has it; a pixel becomes four bytes. */
function copyTurned(
  arena: Arena,
  picture: StoredPicture,
  lines: Range,
  columns: Range,
  address: number,
): void {
  const { a, b, c, d, e, f } = storedPixel(picture, picture.orientation);
  const { data, width } = picture, bytes = pixelBytes(picture), target = arena.bytes;
  const step = (a + d * width) * bytes; // from one upright column to the next
  let to = address;
  for (let y = lines.from; y < lines.to; y++) {
    const column = a * columns.from + b * y + c, line = d * columns.from + e * y + f;
    let from = (line * width + column) * bytes;
    for (let x = columns.from; x < columns.to; x++, from += step, to += 4) {
      target[to] = data[from];
      target[to + 1] = data[from + 1];
      target[to + 2] = data[from + 2];
    }
  }
}
