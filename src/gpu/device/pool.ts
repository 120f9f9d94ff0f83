/** The use of a buffer; buffers of different kinds do not stand in for one another. */
export type BufferKind = "storage" | "readback" | "uniform";

const USAGE: Record<BufferKind, () => number> = {
  storage: () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  readback: () => GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  uniform: () => GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
};

/** The format of a texture of pixels: a texel is one pixel of bytes, or four words. */
export type PixelFormat = "rgba8unorm" | "rgba32uint";

/** The step of a texture's sides, in texels, so that sizes that are nearly the same share one. */
const STEP = 64;

/**
 * The size below which an idle thing is never too large for a request: bytes of a buffer, texels of a
 * texture.
 */
const SMALL = 1 << 16;

/** A buffer or a texture that is not in use. */
interface Idle<T extends GPUBuffer | GPUTexture = GPUBuffer | GPUTexture> {
  kind: BufferKind | PixelFormat;
  made: T;
  bytes: number;
}

/**
 * Keeps buffers and textures that were given back, for later work. Work that is submitted later may take them
 * at once, since a GPU's queue executes its submissions in order.
 */
export class GpuPool {
  readonly #idle = new Set<Idle>(); // in the order in which they were given back
  #idleBytes = 0;
  #idleLimit: number;

  /** Creates a pool of `device` that keeps at most `idleLimit` bytes for later. */
  constructor(readonly device: GPUDevice, idleLimit: number) {
    this.#idleLimit = idleLimit;
  }

  /** Returns a buffer of at least `bytes`, its content undefined. */
  takeBuffer(kind: BufferKind, bytes: number): GPUBuffer {
    const found = this.#take<GPUBuffer>(kind, ({ size }) => size, bytes);
    if (found) return found;
    const size = Math.max(256, Math.ceil(bytes / 256) * 256);
    // Deno crashes where a buffer is read whose first map has not settled, unless it was made mapped.
    const mappedAtCreation = kind === "readback";
    const usage = USAGE[kind]();
    const made = this.device.createBuffer({ label: `vitrail ${kind}`, size, usage, mappedAtCreation });
    if (mappedAtCreation) unmap(made);
    return made;
  }

  /** Gives a buffer back for later work. */
  giveBuffer(kind: BufferKind, buffer: GPUBuffer): void {
    this.#give({ kind, made: buffer, bytes: buffer.size });
  }

  /** Returns a texture of at least `width × height` texels, its content undefined. */
  takeTexture(width: number, height: number, format: PixelFormat = "rgba8unorm"): GPUTexture {
    const fits = (t: GPUTexture) => t.width >= width && t.height >= height ? t.width * t.height : 0;
    const found = this.#take<GPUTexture>(format, fits, width * height);
    if (found) return found;
    const limit = this.device.limits.maxTextureDimension2D;
    const stepped = (side: number) => Math.min(limit, Math.ceil(side / STEP) * STEP);
    const { TEXTURE_BINDING, STORAGE_BINDING, COPY_DST } = GPUTextureUsage;
    const usage = TEXTURE_BINDING | COPY_DST | (format === "rgba8unorm" ? STORAGE_BINDING : 0);
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

  /**
   * Takes the smallest idle thing of a kind that is large enough. One more than twice as large as `need`
   * stays idle, unless it is small, so that little memory is wasted.
   * @param sizeOf a thing's size in the unit of `need`, or 0 where it does not fit
   */
  #take<T extends GPUBuffer | GPUTexture>(
    kind: Idle["kind"],
    sizeOf: (made: T) => number,
    need: number,
  ): T | undefined {
    const most = Math.max(need * 2, SMALL);
    let best: Idle<T> | undefined, bestSize = Infinity;
    for (const idle of this.#idle) {
      if (idle.kind !== kind) continue;
      const size = sizeOf(idle.made as T);
      if (size < need || size > most || size >= bestSize) continue;
      best = idle as Idle<T>;
      bestSize = size;
    }
    if (!best) return undefined;
    this.#idle.delete(best);
    this.#idleBytes -= best.bytes;
    return best.made;
  }

  /**
   * Keeps a thing that is not in use. Where there are too many bytes of them, those that came first are
   * freed.
   */
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

  /** Frees all that is idle, and all that is given back from now on. */
  close(): void {
    this.#idleLimit = 0;
    this.clear();
  }

  /** Frees all that is idle. */
  clear(): void {
    for (const idle of this.#idle) this.#free(idle);
  }
}

/** Unmaps a buffer; of one that could not be made the error scopes tell. */
function unmap(buffer: GPUBuffer): void {
  try {
    buffer.unmap();
  } catch {
    // Deno throws where the buffer is invalid.
  }
}

/** Returns the bytes of a texture of pixels. */
export function textureBytes({ width, height, format }: GPUTexture): number {
  return width * height * (format === "rgba32uint" ? 16 : 4);
}
