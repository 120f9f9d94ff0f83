import { openDevice, summaryOf } from "../gpu/device/device.ts";
import type { DeviceRows } from "../gpu/device_rows.ts";
import { GpuExecutor } from "../gpu/gpu_executor.ts";
import type { HostRows } from "../plan/output_rows.ts";
import { rearrange } from "../reference/rearrange.ts";
import { referenceRows } from "../reference/reference_rows.ts";
import type { Executor, Rows } from "./executor.ts";
import { spliceOnGpu } from "./splice/splice_gpu.ts";
import { spliceOnReference } from "./splice/splice_reference.ts";

/** The CPU reference as an executor. */
export function referenceExecutor(): Executor {
  return {
    name: "reference",
    description: "CPU reference, TypeScript",
    limits: (memory) => ({ binding: Infinity, buffer: Infinity, memory }),
    run(plan, { from, to }, pictures) {
      const rows: HostRows[] = [];
      for (let image = from; image < to; image++) rows.push(...referenceRows(plan, image, pictures));
      return Promise.resolve(rows);
    },
    rearrange: (elements, layout) => Promise.resolve(rearrange(elements, layout)),
    splice: (work) => [spliceOnReference(work)],
    read(rows, into) {
      for (const own of rows as HostRows[]) into(own).set(own.data);
      return Promise.resolve();
    },
    join: (rows) => Promise.resolve([...rows]),
    release() {},
    close() {},
  };
}

/**
 * Opens the machine's adapter as an executor, and compiles its kernels.
 * @param memory bytes that work under way may take
 * @throws {VitrailError} `device` where there is no adapter, or a kernel does not compile.
 */
export async function openGpuExecutor(memory: number): Promise<Executor> {
  const device = await openDevice(), gpu = new GpuExecutor(device, memory);
  try {
    await gpu.context.kernels.check();
  } catch (error) {
    device.destroy();
    throw error;
  }
  // Asked of a device just opened alone: Deno panics where the adapter of an older one was collected.
  const { description } = summaryOf(device.adapterInfo);
  const executor = executorOf(gpu, description);
  return {
    ...executor,
    close() {
      executor.close();
      device.destroy();
    },
  };
}

/** A caller's device as an executor: it stays the caller's. */
export function deviceExecutor(device: GPUDevice, memory: number): Executor {
  return executorOf(new GpuExecutor(device, memory), device.label || "the caller's device");
}

function executorOf(gpu: GpuExecutor, description: string): Executor {
  const { device } = gpu.context;
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  return {
    name: "webgpu",
    description,
    device,
    limits: (memory) => ({ binding: maxStorageBufferBindingSize, buffer: maxBufferSize, memory }),
    run: (plan, images, pictures, to) => gpu.run(plan, images, pictures, to),
    rearrange: (elements, layout) => gpu.rearrange(elements, layout),
    splice: (work, to) => spliceOnGpu(gpu, work, to),
    read: (rows, into) => gpu.read(ownOf(rows), into),
    join: (rows) => gpu.join(ownOf(rows)),
    release: (rows) => gpu.release(ownOf(rows)),
    close: () => gpu.close(),
  };
}

/** Rows that the GPU made, as it is given none but its own. */
function ownOf(rows: readonly Rows[]): readonly DeviceRows[] {
  return rows as readonly DeviceRows[];
}
