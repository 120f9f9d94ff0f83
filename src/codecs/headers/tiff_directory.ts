import type { Size } from "../../plan/geometry.ts";
import { dataViewOf } from "./binary.ts";

/** Tags of TIFF that Vitrail looks at. */
export const TAG = {
  WIDTH: 256,
  HEIGHT: 257,
  BITS: 258,
  COMPRESSION: 259,
  PHOTOMETRIC: 262,
  FILL_ORDER: 266,
  STRIP_OFFSETS: 273,
  ORIENTATION: 274,
  SAMPLES: 277,
  STRIP_LINES: 278,
  STRIP_LENGTHS: 279,
  PLANES: 284,
  PREDICTOR: 317,
  COLOUR_MAP: 320,
  TILE_WIDTH: 322,
  TILE_HEIGHT: 323,
  TILE_OFFSETS: 324,
  TILE_LENGTHS: 325,
  EXTRA_SAMPLES: 338,
  SAMPLE_FORMAT: 339,
  JPEG_TABLES: 347,
} as const;

/** Bytes of one value, by the types of whole numbers without a sign: BYTE, SHORT, LONG, UNDEFINED, LONG8. */
const VALUE_BYTES: Record<number, number> = { 1: 1, 3: 2, 4: 4, 7: 1, 16: 8 };

/** Bytes of one value of the other types: text, signed numbers, fractions and floats. */
const OTHER_BYTES: Record<number, number> = { 2: 1, 5: 8, 6: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4 };

/** Types of single bytes, which Pillow takes for no numbers: BYTE, and UNDEFINED. */
const BYTE_TYPES: readonly unknown[] = [1, 7];

/** One entry of a directory: `count` values of a type, from `start` on. */
interface Entry {
  type: number;
  count: number;
  start: number;
}

/**
 * The first directory of a TIFF structure, be it classic TIFF, BigTIFF or a block of EXIF.
 *
 * Source: TIFF 6.0, section 2; the BigTIFF design for 64-bit offsets; Pillow `src/PIL/TiffImagePlugin.py`,
 * `ImageFileDirectory_v2.load`.
 */
export class TiffDirectory {
  /** True where numbers have their low byte first. */
  readonly little: boolean;
  /** True where offsets have 64 bits. */
  readonly big: boolean;
  /** True where an entry or its values lie past the bytes; neither it nor those behind it are read. */
  readonly isCut: boolean = false;
  /** A tag of which there is more than one entry; undefined where there is none. */
  readonly repeated?: number;
  /** Tags of entries without a value, or of no known type, which are passed over. */
  readonly skipped: number[] = [];
  readonly #view: DataView;
  readonly #entries = new Map<number, Entry>();

  /**
   * Reads the entries, and none of their values.
   * @throws {RangeError} where the structure points past its bytes.
   */
  constructor(readonly bytes: Uint8Array) {
    const view = this.#view = dataViewOf(bytes);
    this.little = view.getUint16(0) === 0x4949;
    this.big = view.getUint16(2, this.little) === 43;
    const word = this.big ? 8 : 4;
    const directory = this.big ? this.#long(8) : view.getUint32(4, this.little);
    const entries = this.big ? this.#long(directory) : view.getUint16(directory, this.little);
    let at = directory + (this.big ? 8 : 2);
    const length = 4 + 2 * word; // of an entry; those before the bytes' end count, as in Pillow
    this.isCut = at + entries * length > bytes.length;
    for (let entry = 0; entry < entries && at + length <= bytes.length; entry++, at += length) {
      const tag = view.getUint16(at, this.little), type = view.getUint16(at + 2, this.little);
      const count = this.big ? this.#long(at + 4) : view.getUint32(at + 4, this.little);
      const value = at + 4 + word;
      const size = count * (VALUE_BYTES[type] ?? OTHER_BYTES[type] ?? 0);
      if (size === 0) {
        this.skipped.push(tag);
        continue;
      }
      const far = () => this.big ? this.#long(value) : view.getUint32(value, this.little);
      const start = size <= word ? value : far();
      if (start + size > bytes.length) {
        this.isCut = true; // Pillow reads no entry behind this one
        return;
      }
      if (this.#entries.has(tag)) this.repeated ??= tag;
      this.#entries.set(tag, { type, count, start });
    }
  }

  /** Returns whether the directory has an entry of this tag. */
  has(tag: number): boolean {
    return this.#entries.has(tag);
  }

  /** Returns whether a tag's values are bytes, which Pillow takes for no numbers. */
  isBytes(tag: number): boolean {
    return BYTE_TYPES.includes(this.#entries.get(tag)?.type);
  }

  /**
   * Returns the whole numbers of a tag; none where the directory has no entry of it.
   *
   * @throws {RangeError} where they lie past the bytes, or are no whole numbers without a sign.
   */
  numbers(tag: number): number[] {
    const entry = this.#entries.get(tag);
    if (entry === undefined) return [];
    const bytes = VALUE_BYTES[entry.type];
    if (bytes === undefined) throw new RangeError(`its tag ${tag} is of type ${entry.type}`);
    if (entry.start + entry.count * bytes > this.bytes.length) {
      throw new RangeError(`its tag ${tag} has ${entry.count} values, which lie past its end`);
    }
    return Array.from({ length: entry.count }, (_, at) => this.#number(entry.start + at * bytes, bytes));
  }

  /**
   * Returns the number of a tag, or `otherwise` where the directory has no entry of it.
   *
   * @throws {RangeError} as {@linkcode numbers}, or where there are several numbers.
   */
  number(tag: number, otherwise: number): number {
    const numbers = this.numbers(tag);
    if (numbers.length > 1) throw new RangeError(`its tag ${tag} has ${numbers.length} values`);
    return numbers[0] ?? otherwise;
  }

  /**
   * Returns the first value of a tag as Pillow compares it: a fraction or a float, too, is the number that it
   * equals. NaN stands for bytes and text; undefined where the directory has no entry of the tag.
   */
  firstValue(tag: number): number | undefined {
    const entry = this.#entries.get(tag), view = this.#view, { little } = this;
    if (entry === undefined) return undefined;
    const { type, start } = entry;
    switch (type) {
      case 1:
      case 2:
      case 7:
        return NaN;
      case 5:
        return view.getUint32(start, little) / view.getUint32(start + 4, little);
      case 6:
        return view.getInt8(start);
      case 8:
        return view.getInt16(start, little);
      case 9:
        return view.getInt32(start, little);
      case 10:
        return view.getInt32(start, little) / view.getInt32(start + 4, little);
      case 11:
        return view.getFloat32(start, little);
      case 12:
        return view.getFloat64(start, little);
      default:
        return this.#number(start, VALUE_BYTES[type] ?? OTHER_BYTES[type]);
    }
  }

  /** Returns the size of the picture, in pixels as stored; 0 for a side that is not stated. */
  size(): Size {
    return { width: this.number(TAG.WIDTH, 0), height: this.number(TAG.HEIGHT, 0) };
  }

  #number(at: number, bytes: number): number {
    if (bytes === 1) return this.#view.getUint8(at);
    if (bytes === 2) return this.#view.getUint16(at, this.little);
    return bytes === 4 ? this.#view.getUint32(at, this.little) : this.#long(at);
  }

  /** Reads 64 bits; a number beyond what a double holds is beyond every file, too. */
  #long(at: number): number {
    return Number(this.#view.getBigUint64(at, this.little));
  }
}
