import { type Kernel, uniformOf } from "../src/gpu/device/kernels.ts";
import { Recorder } from "../src/gpu/device/recorder.ts";
import type { GpuExecutor } from "../src/gpu/gpu_executor.ts";

/** The kernel that copies. */
export const COPY = { name: "copy", fields: ["count", "width"] } as const satisfies Kernel;

/**
 * Copies bytes from the start of a buffer by a kernel. Its bandwidth is what other kernels are held against.
 * @param bytes how many, a multiple of 16
 */
export async function copyOf(executor: GpuExecutor, from: GPUBuffer, bytes: number): Promise<void> {
  const recorder = new Recorder(executor.context, Infinity);
  const to = recorder.buffer("storage", bytes), quads = bytes / 16, width = Math.min(quads, 1 << 16);
  const bindings = [{ buffer: from, size: bytes }, { buffer: to, size: bytes }];
  const groups = [Math.ceil(width / 64), Math.ceil(quads / width), 1] as const;
  recorder.dispatch("copy", {}, uniformOf(COPY, { count: quads, width }), bindings, groups);
  await recorder.submit();
}
