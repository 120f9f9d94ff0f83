import { VitrailError } from "../../errors.ts";
import type { Recorder } from "../../gpu/device/recorder.ts";
import { params, u32 } from "../../gpu/device/uniforms.ts";
import type { DeviceRows, GpuExecutor } from "../../gpu/gpu_executor.ts";
import type { Run } from "../../gpu/passes/blocks.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { SplicePlan } from "./splice_plan.ts";
import { type SpliceWindow, windowsOf } from "./splice_windows.ts";

/** A run of a tensor's elements on the device, from the buffer's start. */
export interface DevicePart {
  buffer: GPUBuffer;
  bytes: number;
}

/** A tensor's elements: in CPU memory, or on the device in parts, in order. */
export type Operand = { bytes: Uint8Array } | { parts: readonly DevicePart[] };

/** A splice as the GPU takes it. */
export interface SpliceWork {
  plan: SplicePlan;
  /** Each token's upper pair of patches, or what stands for one. */
  sources: Uint32Array;
  dtype: Dtype;
  /** Bytes of an element: 4 or 2. */
  elementBytes: number;
  /** `[rows, N, C]`. */
  features: Operand;
  /** `[4C]`, in one part. */
  newline: Operand;
  /** `[4C]`, in one part. */
  separator: Operand;
}

/** Bytes of a quad of words, the kernel's larger unit. */
const QUAD = 16;
/** Invocations of a workgroup, along a run's units. */
const LANES = 64;

/** Bytes of one token. */
export function tokenBytesOf({ plan, elementBytes }: SpliceWork): number {
  return 4 * plan.channels * elementBytes;
}

/**
 * Writes a run of tokens into one buffer, in one dispatch where the features that it needs fit one binding and, coming
 * from CPU memory, a quarter of the memory budget; otherwise in windows. Resolves when it is submitted and valid.
 * @throws {VitrailError} `device` where the GPU refuses it; `limit` where one token's patches exceed a binding.
 */
export async function spliceRun(executor: GpuExecutor, work: SpliceWork, tokens: Run): Promise<DeviceRows> {
  const count = tokens.to - tokens.from, bytes = count * tokenBytesOf(work);
  const windows = windowsOf(work.sources, tokens, limitsOf(executor, work));
  const { memory } = executor, taken: GPUBuffer[] = []; // for all windows, while each window's features come and go
  const take = (bytes: number) => {
    const buffer = memory.takeBuffer("storage", bytes);
    taken.push(buffer);
    return buffer;
  };
  let buffer: GPUBuffer | undefined;
  try {
    await executor.submit("splice", (recorder) => {
      const output = { buffer: buffer = memory.takeBuffer("storage", bytes), size: bytes };
      const table = uploaded(memory.device, take, work.sources.subarray(tokens.from, tokens.to));
      const vectors = [work.newline, work.separator].map((vector) =>
        "bytes" in vector ? uploaded(memory.device, take, vector.bytes) : whole(vector.parts[0])
      );
      for (const window of windows) {
        record(recorder, work, window, tokens.from, { table, vectors, output });
        recorder.breathe();
      }
    });
  } catch (error) {
    for (const invalid of [buffer, ...taken]) invalid?.destroy(); // one of them may be
    throw error;
  }
  for (const used of taken) memory.giveBuffer("storage", used);
  const shape = [count, 4 * work.plan.channels];
  return { output: "tokens", dtype: work.dtype, row: tokens.from, shape, buffer: buffer!, bytes };
}

/** What all windows of a run bind. */
interface Shared {
  table: GPUBufferBinding;
  vectors: GPUBufferBinding[];
  output: GPUBufferBinding;
}

function record(recorder: Recorder, work: SpliceWork, window: SpliceWindow, start: number, shared: Shared) {
  const { side, channels } = work.plan;
  const pairBytes = 2 * channels * work.elementBytes;
  const unit = pairBytes % QUAD === 0 ? QUAD : 4;
  const { binding, skipped } = boundFeatures(recorder, work, window, pairBytes);
  const from = window.tokens.from - start, to = window.tokens.to - start, run = pairBytes / unit;
  const height = Math.min(to - from, recorder.device.limits.maxComputeWorkgroupsPerDimension);
  recorder.dispatch(
    unit === QUAD ? "splice" : "spliceWords",
    {},
    params(u32(from), u32(to), u32(height), u32(run), u32(side), u32(window.pairs.from), u32(skipped / unit)),
    [shared.table, binding, ...shared.vectors, shared.output],
    [Math.ceil(run / LANES), height, Math.ceil((to - from) / height)],
  );
}

/** The pairs that a window reads (newlines and separators alone read none), and how many bytes of the binding lie before them. */
function boundFeatures(
  recorder: Recorder,
  { plan, features }: SpliceWork,
  { pairs, part }: SpliceWindow,
  pairBytes: number,
): { binding: GPUBufferBinding; skipped: number } {
  const bytes = { from: pairs.from * pairBytes, to: pairs.to * pairBytes };
  const { device } = recorder, take = (bytes: number) => recorder.buffer("storage", bytes);
  if (pairs.from === pairs.to) return { binding: uploaded(device, take, new Uint8Array()), skipped: 0 };
  if ("bytes" in features) {
    return { binding: uploaded(device, take, features.bytes.subarray(bytes.from, bytes.to)), skipped: 0 };
  }
  const { buffer } = features.parts[part];
  const first = part === 0 ? 0 : endsOf(plan, features, pairBytes)[part - 1] * pairBytes;
  const align = device.limits.minStorageBufferOffsetAlignment;
  const offset = Math.floor((bytes.from - first) / align) * align;
  const size = bytes.to - first - offset;
  return { binding: { buffer, offset, size }, skipped: bytes.from - first - offset };
}

function limitsOf(executor: GpuExecutor, work: SpliceWork) {
  const { plan, features, elementBytes } = work;
  const { maxStorageBufferBindingSize, minStorageBufferOffsetAlignment } = executor.device.limits;
  const pairBytes = 2 * plan.channels * elementBytes, needed = plan.side + 1;
  const bound = Math.floor((maxStorageBufferBindingSize - minStorageBufferOffsetAlignment) / pairBytes);
  if (bound < needed) {
    throw new VitrailError(
      "limit",
      `one token's patches of ${plan.channels} channels span ${
        needed * pairBytes
      } bytes, and a binding here holds ` +
        `${maxStorageBufferBindingSize}; use the reference backend`,
    );
  }
  const budget = Math.max(needed, Math.floor(executor.memoryBytes / 4 / pairBytes));
  const pairs = "bytes" in features ? Math.min(bound, budget) : bound;
  return { side: plan.side, pairs, ends: endsOf(plan, features, pairBytes) };
}

/** Where each part of the features ends, in pairs. */
function endsOf({ rows, side }: SplicePlan, features: Operand, pairBytes: number): number[] {
  if ("bytes" in features) return [rows * 2 * side * side];
  let end = 0;
  return features.parts.map(({ bytes }) => end += bytes / pairBytes);
}

function uploaded(
  device: GPUDevice,
  take: (bytes: number) => GPUBuffer,
  data: Uint8Array | Uint32Array,
): GPUBufferBinding {
  const size = Math.max(QUAD, data.byteLength), buffer = take(size);
  if (data.length > 0) device.queue.writeBuffer(buffer, 0, data as Uint8Array<ArrayBuffer>); // of nothing Deno panics
  return { buffer, size };
}

function whole({ buffer, bytes }: DevicePart): GPUBufferBinding {
  return { buffer, size: bytes };
}
