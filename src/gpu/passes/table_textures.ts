import type { Layout } from "../../layout/layout.ts";
import type { Taps } from "../../plan/tables/taps.ts";
import type { VectorWidth } from "../element_words.ts";
import { linesOf } from "./lines.ts";

const WIDTH = 4096; // words a row of a table in a texture, as the shaders have it
const WORDS = { r32sint: 1, rgba32sint: 4, rgba32uint: 4, r32float: 1, r32uint: 1 }; // a texel

/** A layout's output offsets in a texture: those of x from its start, and where the others begin, in words. */
export interface OffsetTable {
  texture: GPUTexture;
  /** Words before the offsets of y. */
  down: number;
  /** Words before the offsets of repeats. */
  repeat: number;
}

/** A layout's lines in textures. */
export interface LineTables {
  /** r32uint, one row. */
  columns: GPUTexture;
  /** rgba32uint, 1024 a row. */
  lines: GPUTexture;
  count: number;
  /** Elements of the longest. */
  longest: number;
  /** Words that are moved at once. */
  width: VectorWidth;
}

/** A device's tables that never change: taps, output offsets, bytes' values and elements. Each is uploaded once. */
export class TableTextures {
  readonly #textures = new Map<string, GPUTexture>();
  readonly #lines = new Map<string, LineTables>();

  /** TableTextures of `device`, `limit` of them at most. */
  constructor(readonly device: GPUDevice, readonly limit = 512) {}

  /** `first[n], count[n], weights[n, width]` as r32sint, 4096 a row; weights that are floats as their bits. */
  taps(key: string, taps: () => Taps<Int32Array | Float32Array>): GPUTexture {
    return this.#words(`taps ${key}`, () => {
      const { length, first, count, weights } = taps();
      const words = new Int32Array(2 * length + weights.length);
      words.set(first);
      words.set(count, length);
      words.set(bitsOf(weights), 2 * length);
      return words;
    });
  }

  /** Taps of groups of columns, whose words `words` gives, as rgba32sint, 1024 texels a row. */
  groupTaps(key: string, words: () => Int32Array): GPUTexture {
    return this.#words(`group taps ${key}`, words, "rgba32sint");
  }

  /** A table of no taps. */
  noTaps(): GPUTexture {
    return this.#words("no taps", () => new Int32Array(1));
  }

  /** A table of no offsets. */
  noOffsets(): OffsetTable {
    return { texture: this.#words("no offsets", () => new Uint32Array(1)), down: 0, repeat: 0 };
  }

  /**
   * A canvas layout's offsets: `x[width], y[height], repeat[repeats]` as rgba32uint, 4096 words a row. Repeats are counted
   * from the first one.
   */
  offsets(key: string, layout: Layout): OffsetTable {
    const { offsets: [, rows, columns], repeats } = layout;
    const down = columns.length, repeat = down + rows.length;
    const texture = this.#words(`offsets ${key}`, () => {
      const words = new Uint32Array(repeat + repeats.length);
      words.set(columns);
      words.set(rows, down);
      words.set(repeats.map((offset) => offset - repeats[0]), repeat);
      return words;
    });
    return { texture, down, repeat };
  }

  /** A layout's lines. */
  lines(layout: Layout): LineTables {
    const key = JSON.stringify(layout.digits);
    return cached(this.#lines, key, this.limit, () => {
      const { columns, lines, width } = linesOf(layout);
      return {
        columns: this.#texture("r32uint", columns),
        lines: this.#texture("rgba32uint", padded(lines)),
        count: lines.length / 4,
        longest: columns.length,
        width,
      };
    });
  }

  /** A byte's value in each channel: `[3 · 256]` r32float, one row. */
  values(key: string, table: () => Float32Array): GPUTexture {
    return this.#row(`values ${key}`, table);
  }

  /** A byte's element in each channel: `[3 · 256]` r32uint, one row. */
  elements(key: string, table: () => Uint32Array): GPUTexture {
    return this.#row(`elements ${key}`, table);
  }

  /** One row of words. */
  #row(key: string, words: () => Uint32Array | Float32Array): GPUTexture {
    return cached(this.#textures, key, this.limit, () => {
      const data = words();
      return this.#texture(data instanceof Float32Array ? "r32float" : "r32uint", data);
    });
  }

  /** Rows of 4096 words: a word a texel where they are signed, four where they are not, or as `format` says. */
  #words(key: string, words: () => Int32Array | Uint32Array, format?: "rgba32sint"): GPUTexture {
    return cached(this.#textures, key, this.limit, () => {
      const data = words();
      return this.#texture(format ?? (data instanceof Int32Array ? "r32sint" : "rgba32uint"), padded(data));
    });
  }

  /** A texture of `data`: floats in one row, other words 4096 a row. */
  #texture(format: keyof typeof WORDS, data: Int32Array | Uint32Array | Float32Array): GPUTexture {
    const flat = format === "r32float" || format === "r32uint", row = flat ? data.length : WIDTH;
    const size = [row / WORDS[format], data.length / row];
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
    const dimension = flat ? "1d" : "2d";
    const texture = this.device.createTexture({ label: `table ${format}`, size, format, usage, dimension });
    this.device.queue.writeTexture({ texture }, bytesOf(data), { bytesPerRow: row * 4 }, size);
    return texture;
  }

  /** Frees every table. */
  close(): void {
    for (const texture of this.#textures.values()) texture.destroy();
    for (const { columns, lines } of this.#lines.values()) {
      columns.destroy();
      lines.destroy();
    }
    this.#textures.clear();
    this.#lines.clear();
  }
}

/** The cached value, made where it is missing; the oldest is dropped (the device frees it when its work is done). */
function cached<T>(cache: Map<string, T>, key: string, limit: number, make: () => T): T {
  let value = cache.get(key);
  if (value === undefined) {
    value = make();
    if (cache.size >= limit) cache.delete(cache.keys().next().value!);
    cache.set(key, value);
  }
  return value;
}

/** Words to the end of their last row. */
function padded(words: Int32Array | Uint32Array): Int32Array | Uint32Array {
  const rows = new (words.constructor as Int32ArrayConstructor)(Math.ceil(words.length / WIDTH) * WIDTH);
  rows.set(words);
  return rows;
}

function bitsOf({ buffer, byteOffset, length }: Int32Array | Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

function bytesOf(array: Int32Array | Uint32Array | Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}
