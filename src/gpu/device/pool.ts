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

/** A buffer or a texture that nobody uses. */
interface Idle<T extends GPUBuffer | GPUTexture = GPUBuffer | GPUTexture> {
  kind: BufferKind | PixelFormat;
  made: T;
  bytes: number;
}

/**
 * GPU memory that is used again. What is given back may be taken at once by work that is submitted later: a queue
 * runs its submissions in order.
 */
export class GpuPool {
  readonly #idle = new Set<Idle>(); // those given back first come first
  #idleBytes = 0;
  #idleLimit: number;

  /** GpuPool of `device` that keeps at most `idleLimit` bytes for later. */
  constructor(readonly device: GPUDevice, idleLimit: number) {
    this.#idleLimit = idleLimit;
  }

  /** A buffer of at least `bytes`, its content undefined. */
  takeBuffer(kind: BufferKind, bytes: number): GPUBuffer {
    const found = this.#take<GPUBuffer>(kind, ({ size }) => size, bytes);
    if (found) return found;
    const size = Math.max(256, Math.ceil(bytes / 256) * 256);
    return this.device.createBuffer({ label: `vitrail ${kind}`, size, usage: USAGE[kind]() });
  }

  /** Gives a buffer back for later work. */
  giveBuffer(kind: BufferKind, buffer: GPUBuffer): void {
    this.#give({ kind, made: buffer, bytes: buffer.size });
  }

  /** A texture of at least `width × height`, its content undefined. */
  takeTexture(width: number, height: number, format: PixelFormat = "rgba8unorm"): GPUTexture {
    const fits = (t: GPUTexture) => t.width >= width && t.height >= height ? t.width * t.height : 0;
    const found = this.#take<GPUTexture>(format, fits, width * height);
    if (found) return found;
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
    this.#give({ kind: texture.format as PixelFormat, made: texture, bytes: textureBytes(texture) });
  }

  /** What is idle of a kind and holds `need` without wasting more than as much again: the smallest. */
  #take<T extends GPUBuffer | GPUTexture>(
    kind: Idle["kind"],
    sizeOf: (made: T) => number,
    need: number,
  ): T | undefined {
    let best: Idle<T> | undefined, bestSize = Math.max(need * 2, 65536) + 1;
    for (const idle of this.#idle) {
      if (idle.kind !== kind) continue;
      const size = sizeOf(idle.made as T);
      if (size >= need && size < bestSize) [best, bestSize] = [idle as Idle<T>, size];
    }
    if (best) this.#idle.delete(best), this.#idleBytes -= best.bytes;
    return best?.made;
  }

  /** Keeps what was given, and in its place frees what was given longest ago. */
  #give(idle: Idle): void {
    if (idle.bytes > this.#idleLimit) return idle.made.destroy();
    this.#idle.add(idle);
    this.#idleBytes += idle.bytes;
    for (const oldest of this.#idle) {
      if (this.#idleBytes <= this.#idleLimit) return;
      this.#free(oldest);
    }
  }

  #free(idle: Idle): void {
    this.#idle.delete(idle);
    this.#idleBytes -= idle.bytes;
    idle.made.destroy();
  }

  /** Frees all that is idle, and what is given back from now on. */
  close(): void {
    this.#idleLimit = 0;
    this.clear();
  }

  /** Frees all that is idle. */
  clear(): void {
    for (const idle of this.#idle) this.#free(idle);
  }
}

/** Bytes of a texture of pixels. */
export function textureBytes({ width, height, format }: GPUTexture): number {
  return width * height * (format === "rgba32uint" ? 16 : 4);
}
