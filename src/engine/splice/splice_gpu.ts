import { VitrailError } from "../../errors.ts";
import type { Recorder } from "../../gpu/device/recorder.ts";
import { struct } from "../../gpu/device/uniforms.ts";
import type { DeviceRows } from "../../gpu/device_rows.ts";
import type { GpuExecutor } from "../../gpu/gpu_executor.ts";
import { LANES } from "../../gpu/lanes.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { Range } from "../../plan/geometry.ts";
import { requireLengths, sourcesOf, type SplicePlan } from "./splice_plan.ts";
import { type SpliceWindow, spliceWindows } from "./splice_windows.ts";
import { type DevicePart, type Operand, type SpliceWork, tokenBytesOf } from "./splice_work.ts";

/** The uniform of shaders/splice.wgsl. */
export const SpliceParams = struct({
  first: "u32",
  end: "u32",
  layer: "u32",
  units: "u32",
  side: "u32",
  firstPair: "u32",
  base: "u32",
});

/** Bytes of a quad of words, the kernel's larger unit. */
const QUAD = 16;

/**
 * Splices features on the GPU. Tokens that go to the CPU are made in ranges of a quarter of the memory budget, so that one
 * is read back while the next is made; tokens that stay are in as few buffers as the device's limits allow.
 * @throws {VitrailError} `device` where the GPU refuses it; `limit` where one token's patches exceed a binding.
 */
export async function* spliceOnGpu(
  gpu: GpuExecutor,
  work: SpliceWork,
  to: "cpu" | "device",
): AsyncGenerator<DeviceRows> {
  const { sources, lengths } = sourcesOf(work.plan);
  requireLengths(work.plan, lengths);
  const { device, memory } = gpu.context;
  const limit = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  const bytes = to === "device" ? limit : Math.min(limit, memory / 4);
  const step = Math.max(1, Math.floor(bytes / tokenBytesOf(work)));
  for (let from = 0; from < work.plan.total; from += step) {
    yield await spliceRange(gpu, work, sources, { from, to: Math.min(from + step, work.plan.total) });
  }
}

/**
 * Writes a range of tokens into one buffer: in one dispatch where the features that it needs fit one binding and, coming
 * from CPU memory, a quarter of the memory budget; otherwise in windows. Resolves when it is submitted and valid.
 * @param sources each token's upper pair of patches, or what stands for one
 * @throws {VitrailError} `device` where the GPU refuses it; `limit` where one token's patches exceed a binding.
 */
export async function spliceRange(
  executor: GpuExecutor,
  work: SpliceWork,
  sources: Uint32Array,
  tokens: Range,
): Promise<DeviceRows> {
  const count = tokens.to - tokens.from, bytes = count * tokenBytesOf(work);
  const windows = spliceWindows(sources, tokens, limitsOf(executor, work));
  const { pool } = executor.context, taken: GPUBuffer[] = []; // for all windows; while each window's features come and go
  const take = (bytes: number) => {
    const buffer = pool.takeBuffer("storage", bytes);
    taken.push(buffer);
    return buffer;
  };
  let buffer: GPUBuffer | undefined;
  try {
    await executor.submit("splice", (recorder) => {
      const output = { buffer: buffer = pool.takeBuffer("storage", bytes), size: bytes };
      const table = uploaded(pool.device, take, sources.subarray(tokens.from, tokens.to));
      const vectors = [work.newline, work.separator].map((vector) =>
        "bytes" in vector ? uploaded(pool.device, take, vector.bytes) : whole(vector.parts[0])
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
  for (const used of taken) pool.giveBuffer("storage", used);
  const shape = [count, 4 * work.plan.channels];
  return { output: "tokens", dtype: work.dtype, row: tokens.from, shape, buffer: buffer!, bytes };
}

/** What all windows of a range bind. */
interface Shared {
  table: GPUBufferBinding;
  vectors: GPUBufferBinding[];
  output: GPUBufferBinding;
}

function record(recorder: Recorder, work: SpliceWork, window: SpliceWindow, start: number, shared: Shared) {
  const { side, channels } = work.plan;
  const pairBytes = 2 * channels * ELEMENT_BYTES[work.dtype];
  const unit = pairBytes % QUAD === 0 ? QUAD : 4;
  const { binding, skipped } = boundFeatures(recorder, work, window, pairBytes);
  const first = window.tokens.from - start, end = window.tokens.to - start, units = pairBytes / unit;
  const layer = Math.min(end - first, recorder.device.limits.maxComputeWorkgroupsPerDimension);
  recorder.dispatch(
    unit === QUAD ? "splice" : "spliceWords",
    {},
    SpliceParams.bytes({
      first,
      end,
      layer,
      units,
      side,
      firstPair: window.pairs.from,
      base: skipped / unit,
    }),
    [shared.table, binding, ...shared.vectors, shared.output],
    [Math.ceil(units / LANES), layer, Math.ceil((end - first) / layer)],
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
  const { plan, features, dtype } = work;
  const { maxStorageBufferBindingSize, minStorageBufferOffsetAlignment } = executor.context.device.limits;
  const pairBytes = 2 * plan.channels * ELEMENT_BYTES[dtype], needed = plan.side + 1;
  const bound = Math.floor((maxStorageBufferBindingSize - minStorageBufferOffsetAlignment) / pairBytes);
  if (bound < needed) {
    throw new VitrailError(
      "limit",
      `one token's patches of ${plan.channels} channels span ${
        needed * pairBytes
      } bytes, and a binding here holds ` +
        `${maxStorageBufferBindingSize}; use the reference executor`,
    );
  }
  const budget = Math.max(needed, Math.floor(executor.context.memory / 4 / pairBytes));
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
