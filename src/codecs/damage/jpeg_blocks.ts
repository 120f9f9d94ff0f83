import { VitrailError } from "../../errors.ts";
import { dataViewOf } from "../headers/binary.ts";
import {
  type JpegFrame,
  jpegFrame,
  type JpegSegment,
  jpegSegments,
  MARKER,
} from "../headers/jpeg_segments.ts";
import { JpegBits, type JpegCodes, jpegCodes } from "./jpeg_bits.ts";

/**
 * The place, in lines of eight, of each coefficient in the order in which a file has them: from one diagonal
 * to the next, down those of odd number and up the others.
 *
 * Source: ITU-T T.81, figure 5.
 */
export const ZIGZAG: readonly number[] = Array.from({ length: 64 }, (_, place) => place).sort((a, b) => {
  const line = (place: number) => place >> 3, diagonal = (place: number) => line(place) + (place & 7);
  return diagonal(a) - diagonal(b) || (diagonal(a) % 2 === 1 ? line(a) - line(b) : line(b) - line(a));
});

/** Tables that segments before a scan define. */
export interface JpegTables {
  /** Divisors by their number, in a file's order. */
  divisors: Map<number, number[]>;
  /** Codes by their class and number, one byte. */
  codes: Map<number, JpegCodes>;
  restart: number;
}

/** One component's part in a scan. */
interface ScanPart {
  dc: JpegCodes;
  ac: JpegCodes;
  divisors: number[];
  /** Blocks that stand together. */
  blocks: number;
}

/**
 * Calls `visit` with the coefficients of every block of a sequential JPEG, multiplied by their divisors, in
 * eight lines of eight. The array is used again.
 *
 * Source: ITU-T T.81, annex F.2.
 *
 * @throws {VitrailError} `decode`, where a code or a table is none.
 */
export function visitBlocks(bytes: Uint8Array, visit: (block: Int32Array) => void): void {
  const tables: JpegTables = { divisors: new Map(), codes: new Map(), restart: 0 };
  for (const segment of jpegSegments(bytes)) {
    readTables(bytes, segment, tables);
    if (segment.marker === MARKER.SOS) visitScan(bytes, segment, jpegFrame(bytes)!, tables, visit);
  }
}

/** Reads the tables of a segment, where it has some. */
export function readTables(bytes: Uint8Array, { marker, start, end }: JpegSegment, tables: JpegTables): void {
  const data = bytes.subarray(start, end);
  if (marker === MARKER.DQT) readDivisors(data, tables);
  if (marker === MARKER.DHT) readCodes(data, tables);
  if (marker === MARKER.DRI) tables.restart = data[0] << 8 | data[1];
}

function visitScan(
  bytes: Uint8Array,
  segment: JpegSegment,
  frame: JpegFrame,
  tables: JpegTables,
  visit: (block: Int32Array) => void,
): void {
  const parts = scanParts(bytes, segment, frame, tables);
  const units = unitsIn(bytes, segment, frame), block = new Int32Array(64);
  const bits = new JpegBits(bytes, segment.end), last = parts.map(() => 0);
  for (let unit = 0; unit < units; unit++) {
    if (tables.restart > 0 && unit > 0 && unit % tables.restart === 0) {
      bits.passRestart();
      last.fill(0);
    }
    for (const [index, part] of parts.entries()) {
      for (let count = 0; count < part.blocks; count++) {
        last[index] = readBlock(bits, part, last[index], block);
        visit(block);
      }
    }
  }
}

/** Reads one block, and returns its first coefficient, from which the next block's differs. */
function readBlock(bits: JpegBits, { dc, ac, divisors }: ScanPart, last: number, block: Int32Array): number {
  block.fill(0);
  const first = last + bits.signed(bits.coded(dc));
  block[0] = first * divisors[0];
  for (let at = 1; at < 64; at++) {
    const coded = bits.coded(ac), size = coded & 15;
    if (size === 0 && coded !== 0xf0) break;
    at += coded >> 4;
    const place = Math.min(at, 63); // libjpeg puts what lies past the block's end there
    if (size > 0) block[ZIGZAG[place]] = bits.signed(size) * divisors[place];
  }
  return first;
}

/** Reads which components a scan has, and with which tables. */
function scanParts(
  bytes: Uint8Array,
  { start }: JpegSegment,
  frame: JpegFrame,
  tables: JpegTables,
): ScanPart[] {
  const count = bytes[start];
  return Array.from({ length: count }, (_, index) => {
    const at = start + 1 + 2 * index;
    const component = frame.sampling.find(({ id }) => id === bytes[at]);
    const dc = tables.codes.get(bytes[at + 1] >> 4), ac = tables.codes.get(0x10 | bytes[at + 1] & 15);
    const divisors = component && tables.divisors.get(component.table);
    if (component === undefined || !dc || !ac || !divisors) throw damaged();
    return { dc, ac, divisors, blocks: count === 1 ? 1 : component.across * component.down };
  });
}

/** Returns the units of a scan: a block of its one component, or blocks of all of them that lie together. */
function unitsIn(bytes: Uint8Array, { start }: JpegSegment, { width, height, sampling }: JpegFrame): number {
  const across = Math.max(...sampling.map((each) => each.across));
  const down = Math.max(...sampling.map((each) => each.down));
  const own = bytes[start] === 1
    ? sampling.find(({ id }) => id === bytes[start + 1])!
    : { across: 1, down: 1 };
  const blocks = (side: number, part: number, whole: number) =>
    bytes[start] === 1 ? Math.ceil(Math.ceil(side * part / whole) / 8) : Math.ceil(side / (8 * whole));
  return blocks(width, own.across, across) * blocks(height, own.down, down);
}

function readDivisors(data: Uint8Array, { divisors }: JpegTables): void {
  const view = dataViewOf(data);
  for (let at = 0; at < data.length;) {
    const wide = data[at] >> 4 > 0, from = at + 1;
    const read = (index: number) => wide ? view.getUint16(from + 2 * index) : data[from + index];
    divisors.set(data[at] & 15, Array.from({ length: 64 }, (_, index) => read(index)));
    at = from + (wide ? 128 : 64);
  }
}

function readCodes(data: Uint8Array, { codes }: JpegTables): void {
  for (let at = 0; at + 17 <= data.length;) {
    const counts = data.subarray(at + 1, at + 17), total = counts.reduce((sum, count) => sum + count, 0);
    codes.set(data[at], jpegCodes(counts, data.subarray(at + 17, at + 17 + total)));
    at += 17 + total;
  }
}

/** Returns the error of data whose codes or tables are none. */
export function damaged(): VitrailError {
  return new VitrailError("decode", "its JPEG data is damaged");
}
