import { messageOf, VitrailError } from "../errors.ts";
import { findAdapter, openDevice, summaryOf } from "../gpu/device/device.ts";
import { OWN_ARRAY } from "../gpu/device/readback.ts";
import type { DeviceRows } from "../gpu/device_rows.ts";
import { GpuExecutor } from "../gpu/gpu_executor.ts";
import type { HostRows } from "../plan/output_rows.ts";
import { rearrange } from "../reference/rearrange.ts";
import { referenceRows } from "../reference/reference_rows.ts";
import { hasSimd } from "../simd/wasm_kernels.ts";
import { SimdExecutor, type SimdRows } from "../simd/simd_executor.ts";
import type { Executor, Rows } from "./executor.ts";
import { spliceOnSimd } from "./splice/splice_simd.ts";
import type { EngineOptions } from "./options.ts";
import { spliceOnGpu } from "./splice/splice_gpu.ts";
import { spliceOnReference } from "./splice/splice_reference.ts";

/** The pixels that go up to a GPU. */
type Upload = NonNullable<EngineOptions["upload"]>;

/** An executor that was opened. */
export interface OpenedExecutor {
  /** The executor, which whoever opened it closes. */
  executor: Executor;
  /** The reason why it was taken, for people. */
  why: string;
}

/**
 * Opens the executor that an engine's options ask for: the one that is named; else the caller's device, where
 * there is one; else the best that the machine has.
 * @param memory bytes that work under way may take
 * @throws {VitrailError} `device` where the one that is named cannot be had here.
 */
export async function openExecutor(
  { executor = "auto", device, upload }: EngineOptions,
  memory: number,
): Promise<OpenedExecutor> {
  const why = "it was asked for";
  if (executor === "reference") return { executor: referenceExecutor(), why };
  if (executor === "simd") return { executor: simdExecutor(), why };
  if (device) {
    return { executor: await deviceExecutor(device, memory, upload), why: "it works on the caller's device" };
  }
  if (executor === "webgpu") return { executor: await adapterExecutor(memory, upload), why };
  return await bestExecutor(memory, upload);
}

/** Opens the machine's GPU; without one the CPU by WebAssembly; without that the reference. */
async function bestExecutor(memory: number, upload?: Upload): Promise<OpenedExecutor> {
  let missing: string;
  try {
    const { description, software } = summaryOf((await findAdapter()).info);
    if (!software) return { executor: await adapterExecutor(memory, upload), why: "a GPU was found" };
    missing = `the one adapter, ${description}, computes on the CPU`;
  } catch (error) {
    if (!(error instanceof VitrailError)) throw error;
    missing = messageOf(error);
  }
  if (hasSimd()) return { executor: simdExecutor(), why: missing };
  return { executor: referenceExecutor(), why: `${missing}; and this runtime has no WebAssembly SIMD` };
}

/**
 * Returns the CPU as an executor, by WebAssembly.
 * @throws {VitrailError} `device` where the runtime has no WebAssembly SIMD.
 */
function simdExecutor(): Executor {
  if (!hasSimd()) {
    throw new VitrailError("device", "this runtime has no WebAssembly SIMD; take the reference executor");
  }
  const simd = new SimdExecutor();
  return {
    name: "simd",
    description: "CPU, WebAssembly SIMD",
    channels: 3,
    limits: (memory) => ({ binding: Infinity, buffer: Infinity, memory }),
    run: (plan, images, pictures) => Promise.resolve(simd.run(plan, images, pictures)),
    rearrange: (elements, layout) => Promise.resolve(simd.rearrange(elements, layout)),
    splice: (work) => [spliceOnSimd(work)],
    read(rows, into) {
      for (const own of rows as (SimdRows | HostRows)[]) {
        if ("data" in own) into(own)!.set(own.data);
        else simd.read([own], (rows) => into(rows)!);
      }
      return Promise.resolve([]);
    },
    join: (rows) => Promise.resolve([...rows]),
    release(rows) {
      simd.release(rows.filter((own) => "canvases" in own) as SimdRows[]);
    },
    close() {},
  };
}

/** Returns the CPU reference as an executor. */
function referenceExecutor(): Executor {
  return {
    name: "reference",
    description: "CPU reference, TypeScript",
    channels: 3,
    limits: (memory) => ({ binding: Infinity, buffer: Infinity, memory }),
    run(plan, { from, to }, pictures) {
      const rows: HostRows[] = [];
      for (let image = from; image < to; image++) rows.push(...referenceRows(plan, image, pictures));
      return Promise.resolve(rows);
    },
    rearrange: (elements, layout) => Promise.resolve(rearrange(elements, layout)),
    splice: (work) => [spliceOnReference(work)],
    read(rows, into) {
      for (const own of rows as HostRows[]) into(own)!.set(own.data);
      return Promise.resolve([]);
    },
    join: (rows) => Promise.resolve([...rows]),
    release() {},
    close() {},
  };
}

/** Opens the machine's adapter as an executor, whose device is its own, and compiles its kernels. */
async function adapterExecutor(memory: number, upload?: Upload): Promise<Executor> {
  const device = await openDevice(), gpu = new GpuExecutor(device, memory);
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
async function deviceExecutor(device: GPUDevice, memory: number, upload?: Upload): Promise<Executor> {
  const software = async () => summaryOf((await findAdapter()).info).software;
  const gpu = new GpuExecutor(device, memory), description = device.label || "the caller's device";
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
