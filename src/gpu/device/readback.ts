import { VitrailError } from "../../errors.ts";
import { type Complaint, firstComplaint, popScopes, pushScopes } from "./error_scopes.ts";
import type { GpuPool } from "./pool.ts";
import type { SubmitQueue } from "./submit_queue.ts";

/** Bytes that lie in a buffer from its start. */
export interface DeviceBytes {
  /** The buffer, which may be longer. */
  buffer: GPUBuffer;
  /** The count of bytes. */
  bytes: number;
  /** A buffer that can be mapped, to which they were copied; absent where they were not yet. */
  staging?: GPUBuffer;
}

/** Bytes that are copied at a time: so few stay in the core's cache between Deno's copy and ours. */
const PIECE = 1 << 18;

/**
 * The most bytes that cost less in an array of their own, which is Deno's copy, than where Deno's copy is
 * copied again. Above, malloc takes fresh pages each time, whose first touch costs more than both copies.
 */
export const OWN_ARRAY = 31 * 2 ** 20;

/**
 * Reads buffers into CPU memory, by way of staging buffers, which can be mapped and come from a pool.
 *
 *     buffer ──copy on the GPU──▶ staging ──map, copy out──▶ array
 */
export class Readback {
  /** Creates a reader whose staging buffers come from `pool`, and whose waits are ordered by `queue`. */
  constructor(readonly pool: GpuPool, readonly queue: SubmitQueue) {}

  /** Records copies of sources into staging buffers, where `read` finds them. */
  stage(encoder: GPUCommandEncoder, sources: readonly DeviceBytes[]): void {
    for (const source of sources) {
      source.staging = this.pool.takeBuffer("readback", sizeOf(source));
      encoder.copyBufferToBuffer(source.buffer, 0, source.staging, 0, sizeOf(source));
    }
  }

  /**
   * Copies each source into the array that `into` gives for it, or where it gives none into one of its own.
   * All of them take one wait; those that are not staged yet take one submission before it.
   * @returns the arrays that were made for want of others, in the sources' order
   * @throws {VitrailError} `device` where the GPU does not give them.
   */
  async read<T extends DeviceBytes>(
    sources: readonly T[],
    into: (source: T) => Uint8Array | undefined,
  ): Promise<Uint8Array<ArrayBuffer>[]> {
    const complaints = this.#stageRest(sources);
    const copies = sources.map((source) => ({ source, size: sizeOf(source), staging: source.staging! }));
    for (const source of sources) source.staging = undefined; // another read meanwhile makes its own
    const stagings = copies.map(({ staging }) => staging);
    const failed = await firstComplaint(complaints);
    if (failed) {
      for (const staging of stagings) staging.destroy(); // one of them may be invalid
      throw new VitrailError("device", `the GPU's results could not be copied: ${failed.message}`);
    }
    const { settled } = await this.queue.wait(() => ({
      settled: Promise.all(copies.map(({ staging, size }) => staging.mapAsync(GPUMapMode.READ, 0, size))),
    }));
    if (!this.#readable(stagings)) {
      try {
        await settled;
      } catch (cause) {
        throw new VitrailError("device", "the GPU's results could not be read back", { cause });
      }
    }
    settled.catch(() => {}); // nobody awaits it: what it would tell is known
    const made: Uint8Array<ArrayBuffer>[] = [];
    for (const { source, staging, size } of copies) {
      const array = into(source);
      if (array) copyOut(staging, size, array.subarray(0, source.bytes));
      else made.push(new Uint8Array(ownRange(staging, size), 0, source.bytes));
      staging.unmap();
      this.pool.giveBuffer("readback", staging);
    }
    return made;
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
   * Returns whether buffers can be read although `mapAsync` has not settled: it may block until they are
   * mapped.
   */
  #readable(stagings: readonly GPUBuffer[]): boolean {
    if (!this.queue.mapBlocks) return false;
    try {
      for (const staging of stagings) staging.getMappedRange(0, 4);
      return true;
    } catch {
      return false; // not mapped yet
    }
  }
}

/** Returns the bytes of a source's copy: a multiple of 4. */
function sizeOf({ bytes }: DeviceBytes): number {
  return Math.ceil(bytes / 4) * 4;
}

/**
 * Copies a mapped buffer's first bytes out, piece by piece, since Deno copies each range before it gives it.
 */
function copyOut(staging: GPUBuffer, size: number, into: Uint8Array): void {
  for (let from = 0; from < size; from += PIECE) {
    const range = staging.getMappedRange(from, Math.min(PIECE, size - from));
    into.set(new Uint8Array(range, 0, Math.min(PIECE, into.length - from)), from);
    free(range);
  }
}

/** Returns a mapped buffer's first bytes: the range itself where it is a copy, as in Deno, else a copy. */
function ownRange(staging: GPUBuffer, size: number): ArrayBuffer {
  const range = staging.getMappedRange(0, size);
  try {
    return range.transfer();
  } catch {
    return range.slice(0);
  }
}

/** Frees a range that is a copy, so that the next one takes its memory. A range that is none refuses. */
function free(range: ArrayBuffer): void {
  try {
    range.transfer(0);
  } catch {
    // It goes with `unmap`.
  }
}
