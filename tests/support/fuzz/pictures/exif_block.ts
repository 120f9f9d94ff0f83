/** Directories of TIFF's structure whose entries may lie, by the numbers that are drawn. */

import { joinedBytes } from "../../../../src/codecs/headers/binary.ts";
import { type Draw, oneOf } from "../draws.ts";

/** An entry of a directory: `count` values as they stand in the file; `data` follow elsewhere, if long. */
export interface RawEntry {
  tag: number;
  type: number;
  count: number;
  data: Uint8Array;
}

/** Bytes of a value by its type; of the others nobody knows. */
const BYTES: Record<number, number> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
};

/** Returns an entry of a tag, whose numbers are stored as `type` has them. */
export function entryOf(tag: number, type: number, values: readonly number[], little: boolean): RawEntry {
  const bytes = BYTES[type] ?? 4,
    data = new Uint8Array(values.length * bytes),
    view = new DataView(data.buffer);
  for (const [index, value] of values.entries()) {
    const at = index * bytes;
    if (type === 11) view.setFloat32(at, value, little);
    else if (type === 12) view.setFloat64(at, value, little);
    else if (type === 2) data[at] = 0x30 + value;
    else if (type === 16) view.setBigUint64(at, BigInt(value), little);
    else if (bytes === 1) data[at] = value;
    else if (bytes === 2) view.setUint16(at, value, little);
    else view.setUint32(at, value, little);
    if (type === 5 || type === 10) view.setUint32(at + 4, 1, little);
  }
  return { tag, type, count: values.length, data };
}

/** Returns the bytes of a classic TIFF structure, with what `behind` holds at its end. */
export function directoryBytes(
  entries: readonly RawEntry[],
  little: boolean,
  {
    head = little ? "II*\0" : "MM\0*",
    offset = 8,
    count = entries.length,
    next = 0,
    behind = new Uint8Array(),
  } = {},
): Uint8Array {
  const table = new Uint8Array(2 + 12 * entries.length + 4), view = new DataView(table.buffer);
  const far: Uint8Array[] = [];
  let end = 8 + table.length;
  view.setUint16(0, count, little);
  view.setUint32(table.length - 4, next, little);
  for (const [index, { tag, type, count, data }] of entries.entries()) {
    const at = 2 + 12 * index;
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, count, little);
    if (data.length <= 4) {
      table.set(data, at + 8);
    } else {
      view.setUint32(at + 8, end, little);
      far.push(data);
      end += data.length;
    }
  }
  const start = new Uint8Array(8);
  start.set(new TextEncoder().encode(head).subarray(0, 4));
  new DataView(start.buffer).setUint32(4, offset, little);
  return joinedBytes([start, table, ...far, behind]);
}

/** Counts that are no count of what is there. */
const COUNTS = [0, 1, 2, 3, 7, 0xffff, 0xffffffff];

/** Returns entries that say how a picture is turned, among others, some of which lie. */
export function turnEntries(draw: Draw, little: boolean): RawEntry[] {
  const entries: RawEntry[] = [];
  for (let left = 1 + draw(4); left > 0; left--) {
    const tag = oneOf(draw, [0x10f, 0x112, 0x112, 0x11a, 0x128, 0x8769]),
      type = oneOf(draw, [3, 3, 3, draw(20)]);
    const values = Array.from(
      { length: draw(8) === 0 ? draw(4) : 1 },
      () => oneOf(draw, [1 + draw(8), draw(300)]),
    );
    const entry = entryOf(tag, type, values, little);
    if (draw(8) === 0) entry.count = oneOf(draw, COUNTS);
    entries.push(entry);
  }
  return entries;
}

/** Returns a block of EXIF; its head, its offset and its entries may lie. */
export function exifBlock(draw: Draw): Uint8Array {
  const little = draw(2) === 0, options: { head?: string; offset?: number; count?: number } = {};
  if (draw(12) === 0) options.head = oneOf(draw, ["II\0*", "MM*\0", "II+\0", "MM\0+", "XX*\0", "\0\0\0\0"]);
  if (draw(12) === 0) options.offset = oneOf(draw, [0, 4, 7, 9, 100, 0xffff, 0xffffffff]);
  if (draw(12) === 0) options.count = oneOf(draw, COUNTS);
  const block = directoryBytes(turnEntries(draw, little), little, options);
  const name = oneOf(draw, ["Exif\0\0", "Exif\0\0", "Exif\0\0", "", "exif"]);
  return joinedBytes([
    new TextEncoder().encode(name),
    draw(12) === 0 ? block.subarray(0, draw(block.length)) : block,
  ]);
}
