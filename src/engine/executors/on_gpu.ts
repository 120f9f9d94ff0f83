import { findAdapter, openDevice, summaryOf } from "../../gpu/device/device.ts";
import { OWN_ARRAY } from "../../gpu/device/readback.ts";
import type { DeviceRows } from "../../gpu/device_rows.ts";
import { GpuExecutor } from "../../gpu/gpu_executor.ts";
import type { Executor, Rows } from "../executor.ts";
import type { EngineOptions } from "../options.ts";
import { spliceOnGpu } from "../splice/splice_gpu.ts";
import { LastingExecutor } from "./lasting_executor.ts";

/** The pixels that go up to a GPU. */
type Upload = NonNullable<EngineOptions["upload"]>;

/** Says what is to be done where a device was lost that is the executor's own, or its caller's. */
const OWN_LOST = "what lay in its memory is gone, so run the call again",
  THEIRS_LOST = "it is the caller's, so open an engine on another one";

/**
 * Opens the machine's adapter as an executor, whose device is its own. Where that device is lost, another one
 * takes its place.
 */
export async function adapterExecutor(memory: number, upload?: Upload): Promise<Executor> {
  return await LastingExecutor.open(() => openedExecutor(memory, upload));
}

/** Opens a device and compiles its kernels. */
async function openedExecutor(memory: number, upload?: Upload): Promise<Executor> {
  const device = await openDevice(), gpu = new GpuExecutor(device, memory, OWN_LOST);
  try {
    await gpu.context.kernels.check();
  } catch (error) {
    device.destroy();
    throw error;
  }
  // Asked of a device just opened alone: Deno panics where the adapter of an older one was collected.
  const { description, software } = summaryOf(device.adapterInfo);
  const executor = gpuExecutor(gpu, description, upload ?? uploadTo(software));
  return {
    ...executor,
    close() {
      executor.close();
      device.destroy();
    },
  };
}

/**
 * Returns an executor on a caller's device, which stays the caller's. Its adapter is taken for the machine's:
 * the device cannot be asked for it, since Deno panics where that was collected.
 */
export async function deviceExecutor(device: GPUDevice, memory: number, upload?: Upload): Promise<Executor> {
  const software = async () => summaryOf((await findAdapter()).info).software;
  const gpu = new GpuExecutor(device, memory, THEIRS_LOST),
    description = device.label || "the caller's device";
  return gpuExecutor(gpu, description, upload ?? uploadTo(await software().catch(() => false)));
}

/** Returns the pixels that go up to an adapter. */
function uploadTo(software: boolean): Upload {
  return software ? "rgba" : "rgb";
}

function gpuExecutor(gpu: GpuExecutor, description: string, upload: Upload): Executor {
  const { device } = gpu.context;
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  return {
    name: "webgpu",
    description,
    channels: upload === "rgb" ? 3 : 4,
    device,
    ownArray: OWN_ARRAY,
    limits: (memory) => ({ binding: maxStorageBufferBindingSize, buffer: maxBufferSize, memory }),
    run: (plan, images, pictures, to) => gpu.run(plan, images, pictures, to),
    rearrange: (elements, layout) => gpu.rearrange(elements, layout),
    splice: (work, to) => spliceOnGpu(gpu, work, to),
    read: (rows, into) => gpu.read(ownOf(rows), into),
    join: (rows) => gpu.join(ownOf(rows)),
    arrange: (rows, layout, shape) => gpu.arrange(rows as DeviceRows, layout, shape),
    release: (rows) => gpu.release(ownOf(rows)),
    close: () => gpu.close(),
  };
}

/** Returns rows as the GPU's, which is given none but its own. */
function ownOf(rows: readonly Rows[]): readonly DeviceRows[] {
  return rows as readonly DeviceRows[];
}
