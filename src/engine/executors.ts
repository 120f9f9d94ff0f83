import { messageOf, VitrailError } from "../errors.ts";
import { openDevice, summaryOf } from "../gpu/device/device.ts";
import type { DeviceRows } from "../gpu/device_rows.ts";
import { GpuExecutor } from "../gpu/gpu_executor.ts";
import type { HostRows } from "../plan/output_rows.ts";
import { rearrange } from "../reference/rearrange.ts";
import { referenceRows } from "../reference/reference_rows.ts";
import type { Executor, Rows } from "./executor.ts";
import type { EngineOptions } from "./options.ts";
import { spliceOnGpu } from "./splice/splice_gpu.ts";
import { spliceOnReference } from "./splice/splice_reference.ts";

/** An executor that was opened. */
export interface OpenedExecutor {
  /** The executor, which whoever opened it closes. */
  executor: Executor;
  /** The reason why it was taken, for people. */
  why: string;
}

/**
 * Opens the executor that an engine's options ask for: the CPU reference by its name; else the caller's
 * device, where there is one; else the machine's adapter. With `auto` a machine without an adapter gets the
 * reference.
 * @param memory bytes that work under way may take
 * @throws {VitrailError} `device` where `webgpu` is asked for and there is no adapter, or a kernel does not
 * compile.
 */
export async function openExecutor(
  { executor = "auto", device }: EngineOptions,
  memory: number,
): Promise<OpenedExecutor> {
  if (executor === "reference") return { executor: referenceExecutor(), why: "it was asked for" };
  if (device) return { executor: deviceExecutor(device, memory), why: "it works on the caller's device" };
  const asked = executor === "webgpu";
  try {
    const why = asked ? "it was asked for" : "an adapter was found";
    return { executor: await adapterExecutor(memory), why };
  } catch (error) {
    if (asked || !(error instanceof VitrailError)) throw error;
    return { executor: referenceExecutor(), why: messageOf(error) };
  }
}

/** Returns the CPU reference as an executor. */
function referenceExecutor(): Executor {
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

/** Opens the machine's adapter as an executor, whose device is its own, and compiles its kernels. */
async function adapterExecutor(memory: number): Promise<Executor> {
  const device = await openDevice(), gpu = new GpuExecutor(device, memory);
  try {
    await gpu.context.kernels.check();
  } catch (error) {
    device.destroy();
    throw error;
  }
  // Asked of a device just opened alone: Deno panics where the adapter of an older one was collected.
  const { description } = summaryOf(device.adapterInfo);
  const executor = gpuExecutor(gpu, description);
  return {
    ...executor,
    close() {
      executor.close();
      device.destroy();
    },
  };
}

/** Returns an executor on a caller's device, which stays the caller's. */
function deviceExecutor(device: GPUDevice, memory: number): Executor {
  return gpuExecutor(new GpuExecutor(device, memory), device.label || "the caller's device");
}

function gpuExecutor(gpu: GpuExecutor, description: string): Executor {
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

/** Returns rows as the GPU's, which is given none but its own. */
function ownOf(rows: readonly Rows[]): readonly DeviceRows[] {
  return rows as readonly DeviceRows[];
}
