import { Kernels } from "./kernels.ts";
import { GpuPool } from "./pool.ts";
import { SubmitQueue } from "./submit_queue.ts";
import { Tables } from "./tables.ts";

/** A GPU device, and all that work on it shares. */
export class GpuContext {
  /** Its compiled kernels. */
  readonly kernels: Kernels;
  /** Its buffers that are used again. */
  readonly pool: GpuPool;
  /** Its tables that do not change. */
  readonly tables: Tables;
  /** The order in which work is submitted. */
  readonly queue: SubmitQueue = new SubmitQueue();
  /** Tells whether `fma` rounds once on the device; undefined until it is known. */
  fuses?: boolean;
  /** Gives the queries to which a dispatch writes its times; benches alone set it. */
  timer?: { writes(label: string): GPUComputePassTimestampWrites | undefined };

  /** Creates a context of `device`. Its work may take `memory` bytes, and its pool keeps as many at most. */
  constructor(readonly device: GPUDevice, readonly memory: number) {
    this.kernels = new Kernels(device);
    this.tables = new Tables(device);
    this.pool = new GpuPool(device, memory);
  }
}
