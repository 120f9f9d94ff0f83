import { VitrailError } from "../errors.ts";
import { summaryOf } from "../gpu/device/device.ts";
import { type DeviceRows, GpuExecutor } from "../gpu/gpu_executor.ts";
import type { StoredPicture } from "../plan/stored_picture.ts";
import type { Plan } from "../plan/plan.ts";
import { referenceRows } from "../reference/reference_rows.ts";
import type { Chunk, ChunkLimits } from "./run/chunks.ts";
import type { MadeRows } from "./verify/compare.ts";

/** Source pictures by their index in the sample. */
export type Pictures = ReadonlyMap<number, StoredPicture>;

/** A chunk's rows: readable once, or kept on the device. */
export interface ChunkRows {
  shapes: { output: string; row: number; shape: number[] }[];
  /** Copies the rows into CPU memory that `into` names. */
  read(into: (output: string, row: number, bytes: number) => Uint8Array): Promise<void>;
  /** Frees rows that nobody will read. */
  release(): void;
  /** The rows on the device; undefined for the reference. */
  device?: DeviceRows[];
  /** The rows in CPU memory, nobody else's; undefined for the GPU. */
  made?: MadeRows[];
}

/** The one interface that both executors have. */
export interface Executor {
  readonly backend: "webgpu" | "reference";
  /** What it runs on, for people. */
  readonly description: string;
  limits(memory: number): ChunkLimits;
  /** Runs a chunk of a plan whose rows go `to` the CPU, or stay. */
  run(plan: Plan, chunk: Chunk, pictures: Pictures, to: "cpu" | "device"): Promise<ChunkRows>;
  /** Frees what it made. */
  close(): void;
}

/** The CPU reference as an executor. */
export function referenceExecutor(): Executor {
  return {
    backend: "reference",
    description: "CPU reference, TypeScript",
    limits: (memory) => ({ binding: Infinity, buffer: Infinity, memory }),
    run(plan, chunk, pictures) {
      const rows: MadeRows[] = [];
      for (let image = chunk.from; image < chunk.to; image++) {
        rows.push(...referenceRows(plan, image, pictures));
      }
      return Promise.resolve({
        shapes: rows,
        made: rows,
        read(into) {
          for (const { output, row, bytes } of rows) into(output, row, bytes.byteLength).set(bytes);
          return Promise.resolve();
        },
        release() {},
      });
    },
    close() {},
  };
}

/** A GPU device as an executor; `own` says whether to destroy the device at the end. */
export function gpuExecutor(
  device: GPUDevice,
  own: boolean,
  memory: number,
): Executor & { gpu: GpuExecutor } {
  const gpu = new GpuExecutor(device, memory);
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  return {
    gpu,
    backend: "webgpu",
    // Only of a device just opened: Deno panics where the adapter of an older one was collected.
    description: own ? summaryOf(device.adapterInfo).description : device.label || "the caller's device",
    limits: (memory) => ({ binding: maxStorageBufferBindingSize, buffer: maxBufferSize, memory }),
    async run(plan, chunk, pictures, to) {
      const rows = await gpu.run(plan, chunk.from, chunk.to, pictures, to);
      return {
        shapes: rows,
        device: rows,
        async read(into) {
          try {
            await gpu.read(rows, ({ output, row, bytes }) => into(output, row, bytes));
          } finally {
            gpu.release(rows);
          }
        },
        release: () => gpu.release(rows),
      };
    },
    close() {
      gpu.close();
      if (own) device.destroy();
    },
  };
}

/** The GPU executor behind an executor. @throws {VitrailError} `device` for the reference, which has none. */
export function requireGpu(executor: Executor): GpuExecutor {
  if ("gpu" in executor) return executor.gpu as GpuExecutor;
  throw new VitrailError(
    "device",
    `{ to: "device" } needs the webgpu backend; this engine runs the reference`,
  );
}
