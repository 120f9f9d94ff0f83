import { firstComplaint } from "../../../src/gpu/device/error_scopes.ts";
import type { KernelName } from "../../../src/gpu/device/kernels.ts";
import { type Binding, Recorder } from "../../../src/gpu/device/recorder.ts";
import { GpuExecutor } from "../../../src/gpu/gpu_executor.ts";
import { assertEquals } from "@std/assert";

/** The words of an output before a kernel writes any, so that one that it should leave alone is seen. */
export const UNTOUCHED = 0xdeadbeef;

/** One dispatch of one kernel, outside a plan. */
export interface Dispatch {
  kernel: KernelName;
  constants?: Record<string, number>;
  /** The bytes of its uniform struct. */
  uniform: ArrayBuffer;
  /** The bytes that are bound of it; all of it by default. */
  bound?: number;
  groups: [number, number, number];
  /** Bindings before the output, 32-bit words each or a texture. */
  inputs: (Uint32Array | Int32Array | Float32Array | GPUTexture)[];
  /** Words of the output, which is the last binding. */
  words: number;
}

/** Dispatches one kernel on `device`; returns its output, {@linkcode UNTOUCHED} where it wrote nothing. */
export async function dispatched(device: GPUDevice, dispatch: Dispatch): Promise<Uint32Array> {
  const executor = new GpuExecutor(device, 2 ** 26);
  const recorder = new Recorder(executor.context, Infinity);
  const upload = (data: Uint32Array | Int32Array | Float32Array): GPUBuffer => {
    const buffer = recorder.buffer("storage", data.byteLength);
    device.queue.writeBuffer(buffer, 0, data as Uint32Array<ArrayBuffer>);
    return buffer;
  };
  const bindings: Binding[] = dispatch.inputs.map((input) => "createView" in input ? input : upload(input));
  const { words } = dispatch, size = Math.ceil(words * 4 / 256) * 256;
  const output = executor.context.pool.takeBuffer("storage", size);
  device.queue.writeBuffer(output, 0, new Uint32Array(size / 4).fill(UNTOUCHED));
  const { kernel, constants = {}, groups, uniform, bound } = dispatch;
  recorder.dispatch(kernel, constants, uniform, [...bindings, output], groups, bound);
  assertEquals(await firstComplaint(await recorder.submit()), undefined);
  const read = new Uint32Array(words);
  const rows = {
    output: "",
    dtype: "f32" as const,
    row: 0,
    shape: [words],
    buffer: output,
    bytes: words * 4,
  };
  await executor.read([rows], () => new Uint8Array(read.buffer));
  executor.release([rows]);
  executor.close();
  return read;
}
