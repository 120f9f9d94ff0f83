import {
  type JpegFrame,
  jpegFrame,
  type JpegSegment,
  jpegSegments,
  MARKER,
} from "../headers/jpeg_segments.ts";
import { JpegBits, type JpegCodes } from "./jpeg_bits.ts";
import { damaged, type JpegTables, readTables, ZIGZAG } from "./jpeg_blocks.ts";

/** The coefficients of one component, which several scans give. */
interface Plane {
  /** Blocks of a line, and lines of them, that the picture has. */
  columns: number;
  lines: number;
  /** Units of all components, in a line, and lines of them. */
  units: { across: number; down: number };
  /** Blocks of a unit, across and down. */
  across: number;
  down: number;
  /** `[blocks, 64]` in a file's order; undefined for a component that another reading of the file keeps. */
  coefficients?: Int16Array;
  /** The number of its divisors' table. */
  table: number;
  /** Divisors as they are when the component's first scan begins. */
  divisors?: readonly number[];
}

/** One scan: which coefficients of which components it gives, and which of their bits. */
interface Scan {
  parts: { plane: Plane; dc?: JpegCodes; ac?: JpegCodes }[];
  first: number;
  last: number;
  /** True where it gives one bit more of coefficients that other scans began. */
  refines: boolean;
  /** The bits that later scans give. */
  shift: number;
}

/** A scan's state between its blocks. */
interface ScanState {
  bits: JpegBits;
  /** The first coefficient of each part's block before. */
  before: number[];
  /** The blocks that are passed over from here on. */
  run: number;
}

/**
 * Calls `visit` with the coefficients of every block of a progressive JPEG, multiplied by their divisors, in
 * eight lines of eight. The array is used again. The file is read once a component, so that the coefficients
 * of one alone are in memory: two bytes a pixel.
 *
 * Source: ITU-T T.81, annex G.
 *
 * @throws {VitrailError} `decode`, where a code or a table is none.
 */
export function visitProgressiveBlocks(bytes: Uint8Array, visit: (block: Int32Array) => void): void {
  const frame = jpegFrame(bytes)!;
  for (const { id } of frame.sampling) visitComponent(bytes, planesOf(frame, id), visit);
}

/** Visits the blocks of the one component whose coefficients are kept. */
function visitComponent(
  bytes: Uint8Array,
  planes: ReadonlyMap<number, Plane>,
  visit: (block: Int32Array) => void,
): void {
  const tables: JpegTables = { divisors: new Map(), codes: new Map(), restart: 0 };
  for (const segment of jpegSegments(bytes)) {
    readTables(bytes, segment, tables);
    if (segment.marker !== MARKER.SOS) continue;
    readScan(bytes, segment, scanAt(bytes, segment, planes, tables), tables.restart);
  }
  const block = new Int32Array(64);
  for (const { coefficients, divisors } of planes.values()) {
    if (divisors === undefined || coefficients === undefined) continue;
    for (let from = 0; from < coefficients.length; from += 64) {
      for (let at = 0; at < 64; at++) block[ZIGZAG[at]] = coefficients[from + at] * divisors[at];
      visit(block);
    }
  }
}

/** Returns the components, of which one keeps its coefficients. */
function planesOf({ width, height, sampling }: JpegFrame, kept: number): Map<number, Plane> {
  const across = Math.max(...sampling.map((each) => each.across));
  const down = Math.max(...sampling.map((each) => each.down));
  const units = { across: Math.ceil(width / (8 * across)), down: Math.ceil(height / (8 * down)) };
  return new Map(sampling.map((own) => {
    const blocks = units.across * own.across * units.down * own.down;
    return [own.id, {
      columns: Math.ceil(Math.ceil(width * own.across / across) / 8),
      lines: Math.ceil(Math.ceil(height * own.down / down) / 8),
      units,
      across: own.across,
      down: own.down,
      coefficients: own.id === kept ? new Int16Array(64 * blocks) : undefined,
      table: own.table,
    }];
  }));
}

/** Reads a scan's head. */
function scanAt(
  bytes: Uint8Array,
  { start }: JpegSegment,
  planes: ReadonlyMap<number, Plane>,
  { codes, divisors }: JpegTables,
): Scan {
  const count = bytes[start], [first, last, bits] = bytes.subarray(start + 1 + 2 * count);
  const parts = Array.from({ length: count }, (_, index) => {
    const [id, chosen] = bytes.subarray(start + 1 + 2 * index), plane = planes.get(id);
    if (plane === undefined) throw damaged();
    plane.divisors ??= divisors.get(plane.table);
    if (plane.divisors === undefined) throw damaged();
    return { plane, dc: codes.get(chosen >> 4), ac: codes.get(0x10 | chosen & 15) };
  });
  if (count < 1 || last > 63 || first > last || count > 1 && first > 0) throw damaged();
  return { parts, first, last, refines: bits >> 4 > 0, shift: bits & 15 };
}

function readScan(bytes: Uint8Array, { end }: JpegSegment, scan: Scan, restart: number): void {
  const { parts } = scan, [{ plane: only }] = parts, isAlone = parts.length === 1;
  if (isAlone && only.coefficients === undefined) return;
  const columns = isAlone ? only.columns : only.units.across, unkept = new Int16Array(64);
  const lines = isAlone ? only.lines : only.units.down;
  const state: ScanState = { bits: new JpegBits(bytes, end), before: parts.map(() => 0), run: 0 };
  for (let unit = 0; unit < columns * lines; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) {
      state.bits.passRestart();
      state.before.fill(0);
      state.run = 0;
    }
    const line = Math.floor(unit / columns), column = unit % columns;
    for (const [index, { plane }] of parts.entries()) {
      const across = isAlone ? 1 : plane.across, down = isAlone ? 1 : plane.down;
      for (let y = line * down; y < (line + 1) * down; y++) {
        for (let x = column * across; x < (column + 1) * across; x++) {
          const from = 64 * (y * plane.units.across * plane.across + x);
          readBlock(scan, index, state, plane.coefficients?.subarray(from, from + 64) ?? unkept);
        }
      }
    }
  }
}

function readBlock(scan: Scan, index: number, state: ScanState, block: Int16Array): void {
  const { first, refines, shift, parts } = scan, { bits, before } = state;
  if (first > 0 && refines) return refineBlock(scan, state, block);
  if (first > 0) return beginBlock(scan, state, block);
  if (refines) {
    block[0] |= bits.plain(1) << shift;
    return;
  }
  const { dc } = parts[index];
  if (dc === undefined) throw damaged();
  before[index] += bits.signed(bits.coded(dc));
  block[0] = before[index] << shift;
}

/** Reads coefficients for the first time. Source: ITU-T T.81, G.1.2.2. */
function beginBlock(
  { first, last, shift, parts: [{ ac }] }: Scan,
  state: ScanState,
  block: Int16Array,
): void {
  const { bits } = state;
  if (state.run > 0) {
    state.run--;
    return;
  }
  if (ac === undefined) throw damaged();
  for (let at = first; at <= last; at++) {
    const coded = bits.coded(ac), zeros = coded >> 4, size = coded & 15;
    if (size === 0 && zeros < 15) {
      state.run = (1 << zeros) - 1 + bits.plain(zeros);
      return;
    }
    at += zeros;
    if (size > 0) block[Math.min(at, 63)] = bits.signed(size) << shift;
  }
}

/** Reads one bit more of each coefficient. Source: ITU-T T.81, G.1.2.3. */
function refineBlock(
  { first, last, shift, parts: [{ ac }] }: Scan,
  state: ScanState,
  block: Int16Array,
): void {
  const { bits } = state, bit = 1 << shift;
  if (ac === undefined) throw damaged();
  const refine = (at: number) => {
    if (bits.plain(1) === 1 && (block[at] & bit) === 0) block[at] += block[at] > 0 ? bit : -bit;
  };
  let at = first;
  for (; at <= last && state.run === 0; at++) {
    const coded = bits.coded(ac), size = coded & 15;
    let zeros = coded >> 4;
    if (size === 0 && zeros < 15) {
      state.run = (1 << zeros) + bits.plain(zeros);
      break;
    }
    const value = size === 0 ? 0 : bits.plain(1) === 1 ? bit : -bit;
    for (; at <= last; at++) {
      if (block[at] !== 0) refine(at);
      else if (zeros-- === 0) break;
    }
    if (value !== 0 && at <= last) block[at] = value;
  }
  if (state.run === 0) return;
  for (; at <= last; at++) if (block[at] !== 0) refine(at);
  state.run--;
}
