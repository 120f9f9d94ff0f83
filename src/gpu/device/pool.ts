/** The use of a buffer; buffers of different kinds do not stand in for one another. */
export type BufferKind = "storage" | "readback" | "uniform";

const USAGE: Record<BufferKind, () => number> = {
  storage: () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  readback: () => GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  uniform: () => GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
};

/** The size, in bytes, below which an idle buffer is never too large for a request. */
const SMALL = 1 << 16;

/**
 * Keeps buffers that were given back, for later work. Work that is submitted later may take them at once,
 * since a GPU's queue executes its submissions in order.
 */
export class GpuPool {
  readonly #idle = new Map<GPUBuffer, BufferKind>(); // in the order in which they were given back
  #idleBytes = 0;
  #idleLimit: number;

  /** Creates a pool of `device` that keeps at most `idleLimit` bytes for later. */
  constructor(readonly device: GPUDevice, idleLimit: number) {
    this.#idleLimit = idleLimit;
  }

  /** Returns a buffer of at least `bytes`, its content undefined. */
  takeBuffer(kind: BufferKind, bytes: number): GPUBuffer {
    const found = this.#take(kind, bytes);
    if (found) return found;
    const size = Math.max(256, Math.ceil(bytes / 256) * 256);
    // Deno crashes where a buffer is read whose first map has not settled, unless it was made mapped.
    const mappedAtCreation = kind === "readback";
    const usage = USAGE[kind]();
    const made = this.device.createBuffer({ label: `vitrail ${kind}`, size, usage, mappedAtCreation });
    if (mappedAtCreation) unmap(made);
    return made;
  }

  /**
   * Gives a buffer back for later work. Where there are too many bytes of them, those that came first are
   * freed.
   */
  giveBuffer(kind: BufferKind, buffer: GPUBuffer): void {
    if (buffer.size > this.#idleLimit) return buffer.destroy();
    this.#idle.set(buffer, kind);
    this.#idleBytes += buffer.size;
    for (const oldest of this.#idle.keys()) {
      if (this.#idleBytes <= this.#idleLimit) return;
      this.#free(oldest);
    }
  }

  /**
   * Takes the smallest idle buffer of a kind that is large enough. One more than twice as large as needed
   * stays idle, unless it is small, so that little memory is wasted.
   */
  #take(kind: BufferKind, bytes: number): GPUBuffer | undefined {
    const most = Math.max(bytes * 2, SMALL);
    let best: GPUBuffer | undefined;
    for (const [buffer, own] of this.#idle) {
      if (own !== kind || buffer.size < bytes || buffer.size > most) continue;
      if (!best || buffer.size < best.size) best = buffer;
    }
    if (!best) return undefined;
    this.#idle.delete(best);
    this.#idleBytes -= best.size;
    return best;
  }

  #free(buffer: GPUBuffer): void {
    this.#idle.delete(buffer);
    this.#idleBytes -= buffer.size;
    buffer.destroy();
  }

  /** Frees all that is idle, and all that is given back from now on. */
  close(): void {
    this.#idleLimit = 0;
    this.clear();
  }

  /** Frees all that is idle. */
  clear(): void {
    for (const buffer of this.#idle.keys()) this.#free(buffer);
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
