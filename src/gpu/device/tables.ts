import { VitrailError } from "../../errors.ts";

/** Texels of a line of the texture, as the shaders have it. */
const WIDTH = 4096;

/** Lines of a texture that is new. */
const LINES = 64;

/** Words after which a batch begins with empty tables: 16 MiB. */
const MANY = 2 ** 22;

/** Tables that some work uploads. */
export interface TableUpload {
  /** The texture that holds all tables. */
  texture: GPUTexture;
  /** The word after the last table. */
  end: number;
}

/**
 * A device's tables that do not change: taps, runs of layouts, elements of bytes. They lie one after another
 * in one texture of words, so that one dispatch reads those of all pictures. On software Vulkan a kernel took
 * 36 ms by a table in a texture, and 48 by one in a buffer; no GPU has measured it. Each is uploaded until
 * work that uploaded it has succeeded; once, nearly always.
 *
 *     │ taps │ taps │ runs │ offsets │ elements │ …      word 4096 · y + x is the texel (x, y)
 */
export class Tables {
  #words: Uint32Array<ArrayBuffer> = new Uint32Array(WIDTH * LINES);
  #end = 0;
  #uploaded = 0; // words that are surely in the texture
  #texture?: GPUTexture;
  readonly #begins = new Map<unknown, number>();

  /** Creates tables on `device`, which are empty. */
  constructor(readonly device: GPUDevice) {}

  /** Forgets all tables where there are many. A batch calls it before it adds any. */
  begin(): void {
    if (this.#end >= MANY) this.clear();
  }

  /** Forgets all tables, and the texture, which may be invalid. */
  clear(): void {
    this.#begins.clear();
    this.#end = this.#uploaded = 0;
    this.#texture = undefined; // the device frees it when all work that reads it is done
  }

  /**
   * Returns the word at which a table begins, and adds it where it is not there yet.
   * @param key what decides the table: an object that is always the same one, or a text
   * @throws {VitrailError} `limit` where a texture does not hold all that a batch adds.
   */
  wordOf(key: unknown, words: () => Uint32Array | Int32Array | Float32Array): number {
    const known = this.#begins.get(key);
    if (known !== undefined) return known;
    const data = words(), from = this.#end;
    this.#end += data.length;
    if (this.#end > this.#words.length) this.#grow();
    this.#words.set(new Uint32Array(data.buffer, data.byteOffset, data.length), from);
    this.#begins.set(key, from);
    return from;
  }

  #grow(): void {
    const held = this.device.limits.maxTextureDimension2D * WIDTH;
    if (this.#end > held) {
      throw new VitrailError(
        "limit",
        `tables of ${this.#end} words, and a texture holds ${held}; use smaller pictures`,
      );
    }
    const longer = new Uint32Array(Math.min(held, 2 ** Math.ceil(Math.log2(this.#end))));
    longer.set(this.#words);
    this.#words = longer;
    this.#texture = undefined;
    this.#uploaded = 0;
  }

  /** Uploads the tables that are not surely in the texture; those are work's that is under way, too. */
  upload(): TableUpload {
    const lines = this.#words.length / WIDTH;
    this.#texture ??= this.device.createTexture({
      label: "vitrail tables",
      size: [WIDTH, lines],
      format: "r32uint",
      usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
    });
    const from = Math.floor(this.#uploaded / WIDTH), to = Math.ceil(this.#end / WIDTH);
    if (this.#uploaded < this.#end) {
      const words = this.#words.subarray(from * WIDTH, to * WIDTH), to2d = { origin: [0, from] };
      const goal = { texture: this.#texture, ...to2d };
      this.device.queue.writeTexture(goal, words, { bytesPerRow: WIDTH * 4 }, [WIDTH, to - from]);
    }
    return { texture: this.#texture, end: this.#end };
  }

  /** Takes note that work has succeeded: what it uploaded is in the texture. */
  keep({ texture, end }: TableUpload): void {
    if (texture === this.#texture) this.#uploaded = Math.max(this.#uploaded, end);
  }

  /** Frees the texture. */
  close(): void {
    this.#texture?.destroy();
    this.#texture = undefined;
  }
}
