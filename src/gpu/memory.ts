/** Where a buffer is used; one pool a kind. */
export type BufferKind = "storage" | "readback" | "uniform";

const USAGE: Record<BufferKind, () => number> = {
  storage: () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  readback: () => GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  uniform: () => GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
};

/** One pixel of bytes a texel, or four words. */
export type PixelFormat = "rgba8unorm" | "rgba32uint";

const STEP = 64; // textures are made in steps of this many pixels, so that near sizes share one

/**
 * GPU memory that is used again. What is given back may be taken at once by work that is submitted later: a queue
 * runs its submissions in order.
 */
export class Memory {
  readonly #buffers: Record<BufferKind, GPUBuffer[]> = { storage: [], readback: [], uniform: [] };
  readonly #textures: GPUTexture[] = [];
  #idleBytes = 0;
  #idleLimit: number;

  /** Memory of `device` that keeps at most `idleLimit` bytes for later. */
  constructor(readonly device: GPUDevice, idleLimit: number) {
    this.#idleLimit = idleLimit;
  }

  /** A buffer of at least `bytes`, its content undefined. */
  takeBuffer(kind: BufferKind, bytes: number): GPUBuffer {
    const pool = this.#buffers[kind];
    const index = bestFit(pool, (buffer) => buffer.size, bytes);
    if (index >= 0) {
      const [buffer] = pool.splice(index, 1);
      this.#idleBytes -= buffer.size;
      return buffer;
    }
    const size = Math.max(256, Math.ceil(bytes / 256) * 256);
    return this.device.createBuffer({ label: `vitrail ${kind}`, size, usage: USAGE[kind]() });
  }

  /** Gives a buffer back for later work. */
  giveBuffer(kind: BufferKind, buffer: GPUBuffer): void {
    this.#keep(buffer.size, () => this.#buffers[kind].push(buffer), () => buffer.destroy());
  }

  /** A texture of at least `width × height`, its content undefined. */
  takeTexture(width: number, height: number, format: PixelFormat = "rgba8unorm"): GPUTexture {
    const fits = (t: GPUTexture) => {
      return t.format === format && t.width >= width && t.height >= height ? t.width * t.height : 0;
    };
    const index = bestFit(this.#textures, fits, width * height);
    if (index >= 0) {
      const [texture] = this.#textures.splice(index, 1);
      this.#idleBytes -= textureBytes(texture);
      return texture;
    }
    const limit = this.device.limits.maxTextureDimension2D;
    const stepped = (side: number) => Math.min(limit, Math.ceil(side / STEP) * STEP);
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
    return this.device.createTexture({
      label: "vitrail pixels",
      size: [stepped(width), stepped(height)],
      format,
      usage,
    });
  }

  /** Gives a texture back for later work. */
  giveTexture(texture: GPUTexture): void {
    this.#keep(textureBytes(texture), () => this.#textures.push(texture), () => texture.destroy());
  }

  #keep(bytes: number, keep: () => void, destroy: () => void): void {
    if (this.#idleBytes + bytes > this.#idleLimit) return destroy();
    this.#idleBytes += bytes;
    keep();
  }

  /** Frees all that is idle, and what is given back from now on. */
  close(): void {
    this.#idleLimit = 0;
    this.clear();
  }

  /** Frees all that is idle. */
  clear(): void {
    for (const pool of Object.values(this.#buffers)) for (const buffer of pool.splice(0)) buffer.destroy();
    for (const texture of this.#textures.splice(0)) texture.destroy();
    this.#idleBytes = 0;
  }
}

/** Bytes of a texture of pixels. */
export function textureBytes({ width, height, format }: GPUTexture): number {
  return width * height * (format === "rgba32uint" ? 16 : 4);
}

/** The index of the smallest item that holds `need` without wasting more than as much again; −1 where there is none. */
function bestFit<T>(items: readonly T[], sizeOf: (item: T) => number, need: number): number {
  let best = -1, bestSize = Math.max(need * 2, 65536) + 1;
  for (const [index, item] of items.entries()) {
    const size = sizeOf(item);
    if (size >= need && size < bestSize) [best, bestSize] = [index, size];
  }
  return best;
}
