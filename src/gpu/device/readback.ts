import { VitrailError } from "../../errors.ts";
import type { GpuPool } from "./pool.ts";
import { type Complaint, firstComplaint, popScopes, pushScopes } from "./error_scopes.ts";
import type { SubmitQueue } from "./submit_queue.ts";

/** Bytes that lie in a buffer from its start. */
export interface DeviceBytes {
  buffer: GPUBuffer;
  bytes: number;
  /** A buffer that can be mapped, to which they were copied. */
  staging?: GPUBuffer;
}

/** A piece that a range is read in, bytes: it stays in the core's cache between Deno's copy and ours. */
const PIECE = 1 << 18;

/** Reads buffers into CPU memory, through buffers that are used again. */
export class Readback {
  readonly #mappedBefore = new WeakSet<GPUBuffer>();

  /** Reads through buffers of a pool, in the order that a queue gives reads and submissions. */
  constructor(readonly pool: GpuPool, readonly queue: SubmitQueue) {}

  /** Records copies of sources into buffers that can be mapped. */
  stage(encoder: GPUCommandEncoder, sources: readonly DeviceBytes[]): void {
    for (const source of sources) {
      source.staging = this.pool.takeBuffer("readback", sizeOf(source));
      encoder.copyBufferToBuffer(source.buffer, 0, source.staging, 0, sizeOf(source));
    }
  }

  /**
   * Copies each source into the array that `into` gives for it: one wait, and one submission where they are not staged.
   * @throws {VitrailError} `device` where the GPU does not give them.
   */
  async read<T extends DeviceBytes>(sources: readonly T[], into: (source: T) => Uint8Array): Promise<void> {
    const complaints = this.#stageRest(sources);
    const copies = sources.map((source) => ({ source, size: sizeOf(source), staging: source.staging! }));
    for (const source of sources) source.staging = undefined; // ours from here on: others may read them meanwhile
    const stagings = copies.map(({ staging }) => staging);
    const failed = await firstComplaint(complaints);
    if (failed) {
      for (const staging of stagings) staging.destroy(); // one of them may be invalid
      throw new VitrailError("device", `the GPU's results could not be copied: ${failed.message}`);
    }
    const total = copies.reduce((sum, { size }) => sum + size, 0);
    const { settled } = await this.queue.wait(total, () => ({
      settled: Promise.all(copies.map(({ staging, size }) => staging.mapAsync(GPUMapMode.READ, 0, size))),
    }));
    if (!this.#readable(stagings)) {
      try {
        await settled;
      } catch (cause) {
        throw new VitrailError("device", "the GPU's results could not be read back", { cause });
      }
    }
    for (const { source, staging, size } of copies) {
      copyOut(staging, size, into(source).subarray(0, source.bytes));
      staging.unmap();
    }
    settled.then(() => this.#giveBack(stagings), () => {});
  }

  #stageRest(sources: readonly DeviceBytes[]): Complaint[] {
    const rest = sources.filter(({ staging }) => !staging);
    if (rest.length === 0) return [];
    const { device } = this.pool;
    pushScopes(device);
    const encoder = device.createCommandEncoder();
    this.stage(encoder, rest);
    device.queue.submit([encoder.finish()]);
    return popScopes(device);
  }

  /**
   * Whether buffers can be read although `mapAsync` has not settled: where it waits in the call, and not at a buffer's first
   * mapping, at which Deno would crash.
   */
  #readable(stagings: readonly GPUBuffer[]): boolean {
    if (!this.queue.waitsInCall || !stagings.every((staging) => this.#mappedBefore.has(staging))) {
      return false;
    }
    try {
      for (const staging of stagings) staging.getMappedRange(0, 4);
      return true;
    } catch {
      return false; // not mapped yet
    }
  }

  #giveBack(stagings: readonly GPUBuffer[]): void {
    for (const staging of stagings) {
      this.#mappedBefore.add(staging);
      this.pool.giveBuffer("readback", staging);
    }
  }
}

/** Bytes of a copy: a multiple of 4. */
function sizeOf({ bytes }: DeviceBytes): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Copies a mapped buffer's first bytes out, piece by piece, since Deno makes a copy of each range that it gives. */
function copyOut(staging: GPUBuffer, size: number, into: Uint8Array): void {
  for (let from = 0; from < size; from += PIECE) {
    const range = staging.getMappedRange(from, Math.min(PIECE, size - from));
    into.set(new Uint8Array(range, 0, Math.min(PIECE, into.length - from)), from);
    free(range);
  }
}

/** Frees a copy now, so that the next one takes its memory; a range that is no copy refuses. */
function free(range: ArrayBuffer): void {
  try {
    range.transfer(0);
  } catch {
    // It goes with `unmap`.
  }
}
