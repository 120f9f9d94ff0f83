import type { Layout } from "../../layout/layout.ts";
import type { Taps } from "../../plan/tables/taps.ts";
import type { VectorWidth } from "../element_words.ts";
import { linesOf } from "./lines.ts";

/** The width of a texture of two dimensions, in words, as the shaders have it. */
const WIDTH = 4096;

/** Words of a texel. */
const WORDS = { r32sint: 1, rgba32sint: 4, rgba32uint: 4, r32float: 1, r32uint: 1 };

/**
 * A canvas layout's output offsets in a texture, one after another.
 *
 *     │ x[width] │ y[height] │ repeat[repeats] │
 *     0          down        repeat              words
 */
export interface OffsetTable {
  texture: GPUTexture;
  /** Words before the offsets of y. */
  down: number;
  /** Words before the offsets of repeats. */
  repeat: number;
}

/** A layout's lines in textures. */
export interface LineTables {
  /** Each column's input offset: r32uint, of one dimension. */
  columns: GPUTexture;
  /** Each line's start in the input and in the output, its length, and 0: rgba32uint, 1024 texels wide. */
  lines: GPUTexture;
  /** Lines. */
  count: number;
  /** Elements of the longest line. */
  longest: number;
  /** The vector that a kernel may move at once. */
  width: VectorWidth;
}

/**
 * A device's tables that never change: taps, output offsets, bytes' values and elements. Each is uploaded
 * once.
 */
export class TableTextures {
  readonly #textures = new Map<string, GPUTexture>();
  readonly #lines = new Map<string, LineTables>();

  /** Creates a cache of tables on `device`, which is empty and keeps `limit` of them at most. */
  constructor(readonly device: GPUDevice, readonly limit: number = 512) {}

  /**
   * Returns taps as `first[n], count[n], weights[n, width]`: r32sint, 4096 words wide. Floats are their bits.
   */
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

  /** Returns the taps of groups of columns, whose words `words` gives: rgba32sint, 1024 texels wide. */
  groupTaps(key: string, words: () => Int32Array): GPUTexture {
    return this.#words(`group taps ${key}`, words, "rgba32sint");
  }

  /** Returns a table of no taps. */
  noTaps(): GPUTexture {
    return this.#words("no taps", () => new Int32Array(1));
  }

  /** Returns a table of no offsets. */
  noOffsets(): OffsetTable {
    return { texture: this.#words("no offsets", () => new Uint32Array(1)), down: 0, repeat: 0 };
  }

  /**
   * Returns a canvas layout's offsets: rgba32uint, 4096 words wide. Those of repeats are counted from the
   * first one's, which is 0 here.
   */
  offsets(key: string, layout: Layout): OffsetTable {
    const { offsets: [, lines, columns], repeats } = layout;
    const down = columns.length, repeat = down + lines.length;
    const texture = this.#words(`offsets ${key}`, () => {
      const words = new Uint32Array(repeat + repeats.length);
      words.set(columns);
      words.set(lines, down);
      words.set(repeats.map((offset) => offset - repeats[0]), repeat);
      return words;
    });
    return { texture, down, repeat };
  }

  /** Returns a layout's lines. */
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

  /** Returns each byte's value in each channel: `[3 · 256]` r32float, of one dimension. */
  values(key: string, table: () => Float32Array): GPUTexture {
    return this.#flat(`values ${key}`, table);
  }

  /** Returns each byte's element in each channel: `[3 · 256]` r32uint, of one dimension. */
  elements(key: string, table: () => Uint32Array): GPUTexture {
    return this.#flat(`elements ${key}`, table);
  }

  /** Returns a table of one dimension. */
  #flat(key: string, words: () => Uint32Array | Float32Array): GPUTexture {
    return cached(this.#textures, key, this.limit, () => {
      const data = words();
      return this.#texture(data instanceof Float32Array ? "r32float" : "r32uint", data);
    });
  }

  /**
   * Returns a table 4096 words wide. Signed words are a texel each, others four to a texel, or as `format`
   * says.
   */
  #words(key: string, words: () => Int32Array | Uint32Array, format?: "rgba32sint"): GPUTexture {
    return cached(this.#textures, key, this.limit, () => {
      const data = words();
      return this.#texture(format ?? (data instanceof Int32Array ? "r32sint" : "rgba32uint"), padded(data));
    });
  }

  /** Uploads `data`, into one dimension where the format is for that, else 4096 words wide. */
  #texture(format: keyof typeof WORDS, data: Int32Array | Uint32Array | Float32Array): GPUTexture {
    const flat = format === "r32float" || format === "r32uint", width = flat ? data.length : WIDTH;
    const size = [width / WORDS[format], data.length / width];
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
    const dimension = flat ? "1d" : "2d";
    const texture = this.device.createTexture({ label: `table ${format}`, size, format, usage, dimension });
    this.device.queue.writeTexture({ texture }, bytesOf(data), { bytesPerRow: width * 4 }, size);
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

/**
 * Returns the cached value, which is made where it is missing. A full cache drops its oldest, which the
 * device frees when its work is done.
 */
function cached<T>(cache: Map<string, T>, key: string, limit: number, make: () => T): T {
  let value = cache.get(key);
  if (value === undefined) {
    value = make();
    if (cache.size >= limit) cache.delete(cache.keys().next().value!);
    cache.set(key, value);
  }
  return value;
}

/** Returns words, and zeros after them, to a multiple of a texture's width. */
function padded(words: Int32Array | Uint32Array): Int32Array | Uint32Array {
  const lines = new (words.constructor as Int32ArrayConstructor)(Math.ceil(words.length / WIDTH) * WIDTH);
  lines.set(words);
  return lines;
}

function bitsOf({ buffer, byteOffset, length }: Int32Array | Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

function bytesOf(array: Int32Array | Uint32Array | Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}
