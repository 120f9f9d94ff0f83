import { Recorder } from "../src/gpu/device/recorder.ts";
import { struct } from "../src/gpu/device/uniforms.ts";
import type { GpuExecutor } from "../src/gpu/gpu_executor.ts";

/** The uniform of shaders/copy.wgsl. */
export const CopyParams = struct({ count: "u32", width: "u32" });

/**
 * Copies bytes from the start of a buffer by a kernel. Its bandwidth is what other kernels are held against.
 * @param bytes how many, a multiple of 16
 */
export async function copyOf(executor: GpuExecutor, from: GPUBuffer, bytes: number): Promise<void> {
  const recorder = new Recorder(executor.context, Infinity);
  const to = recorder.buffer("storage", bytes), quads = bytes / 16, width = Math.min(quads, 1 << 16);
  const bindings = [{ buffer: from, size: bytes }, { buffer: to, size: bytes }];
  const groups = [Math.ceil(width / 64), Math.ceil(quads / width), 1] as const;
  recorder.dispatch("copy", {}, CopyParams.bytes({ count: quads, width }), bindings, groups);
  await recorder.submit();
}
