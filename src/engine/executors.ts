import { messageOf, VitrailError } from "../errors.ts";
import { findAdapter, summaryOf } from "../gpu/device/device.ts";
import { loaded, NotLoaded } from "../runtime/loaded.ts";
import type { Executor } from "./executor.ts";
import type { EngineOptions } from "./options.ts";

// Each executor is imported when it is opened: a page fetches the one that it uses.
const onGpu = () => loaded("the executor webgpu", () => import("./executors/on_gpu.ts"));
const onSimd = () => loaded("the executor simd", () => import("./executors/on_simd.ts"));
const onReference = () => loaded("the reference", () => import("./executors/on_reference.ts"));

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
 * @throws {VitrailError} `device` where the one that is named cannot be had here; `io` where it cannot be
 * loaded.
 */
export async function openExecutor(
  { executor = "auto", device, upload }: EngineOptions,
  memory: number,
): Promise<OpenedExecutor> {
  const why = "it was asked for";
  if (executor === "reference") return { executor: (await onReference()).referenceExecutor(), why };
  if (executor === "simd") return { executor: (await onSimd()).simdExecutor(), why };
  if (device) {
    const { deviceExecutor } = await onGpu();
    return { executor: await deviceExecutor(device, memory, upload), why: "it works on the caller's device" };
  }
  if (executor === "webgpu") return { executor: await (await onGpu()).adapterExecutor(memory, upload), why };
  return await bestExecutor(memory, upload);
}

/** Opens the machine's GPU; without one the CPU by WebAssembly; without that the reference. */
async function bestExecutor(memory: number, upload: EngineOptions["upload"]): Promise<OpenedExecutor> {
  let missing: string;
  try {
    const { description, software } = summaryOf((await findAdapter()).info);
    if (!software) {
      return { executor: await (await onGpu()).adapterExecutor(memory, upload), why: "a GPU was found" };
    }
    missing = `the one adapter, ${description}, computes on the CPU`;
  } catch (error) {
    if (!(error instanceof VitrailError) || error instanceof NotLoaded) throw error;
    missing = messageOf(error);
  }
  const { hasSimd, simdExecutor } = await onSimd();
  if (hasSimd()) return { executor: simdExecutor(), why: missing };
  const { referenceExecutor } = await onReference();
  return { executor: referenceExecutor(), why: `${missing}; and this runtime has no WebAssembly SIMD` };
}
