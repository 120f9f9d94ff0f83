import { VitrailError } from "../errors.ts";
import type { Memory } from "./memory.ts";

/** Bytes that lie in a buffer from its start. */
export interface Source {
  buffer: GPUBuffer;
  bytes: number;
}

/** A piece that a range is read in, bytes: it stays in the core's cache between Deno's copy and ours. */
const PIECE = 1 << 18;

/**
 * Deno releases whose `mapAsync` waits for the GPU before it returns, and settles a polling interval of 10 ms later
 * (ext/webgpu/buffer.rs): there, a buffer can be read at once. They crash where that is a buffer's first mapping. A release that is
 * not named here is awaited.
 */
const WAITS_IN_CALL = ["2.9.6"];

/** Reads buffers into CPU memory, through buffers that are used again. */
export class Readback {
  readonly #mappedBefore = new WeakSet<GPUBuffer>();
  readonly #early = WAITS_IN_CALL.includes(Deno.version.deno);

  /** Reads through buffers of `memory`. */
  constructor(readonly memory: Memory) {}

  /**
   * Copies each source into the array that `into` gives for it: one submission, one wait.
   * @throws {VitrailError} `device` where the GPU does not give them.
   */
  async read<T extends Source>(sources: readonly T[], into: (source: T) => Uint8Array): Promise<void> {
    const { device } = this.memory;
    const encoder = device.createCommandEncoder();
    const copies = sources.map((source) => {
      const size = Math.ceil(source.bytes / 4) * 4;
      const staging = this.memory.takeBuffer("readback", size);
      encoder.copyBufferToBuffer(source.buffer, 0, staging, 0, size);
      return { source, staging, size };
    });
    device.queue.submit([encoder.finish()]);
    const stagings = copies.map(({ staging }) => staging);
    const settled = Promise.all(
      copies.map(({ staging, size }) => staging.mapAsync(GPUMapMode.READ, 0, size)),
    );
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

  /** Whether buffers can be read although `mapAsync` has not settled. */
  #readable(stagings: readonly GPUBuffer[]): boolean {
    if (!this.#early || !stagings.every((staging) => this.#mappedBefore.has(staging))) return false;
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
      this.memory.giveBuffer("readback", staging);
    }
  }
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
