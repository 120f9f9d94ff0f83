import { VitrailError } from "../../errors.ts";
import { INVOCATIONS, type Kernel, uniformOf } from "../../gpu/device/kernels.ts";
import type { Recorder } from "../../gpu/device/recorder.ts";
import type { DeviceRows } from "../../gpu/device_rows.ts";
import type { GpuExecutor } from "../../gpu/gpu_executor.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { Range } from "../../plan/geometry.ts";
import type { Destination } from "../executor.ts";
import { requireLengths, sourcesOf, type SplicePlan } from "./splice_plan.ts";
import { type SpliceLimits, type SpliceWindow, spliceWindows } from "./splice_windows.ts";
import { type DevicePart, type Operand, type SpliceWork, tokenBytesOf } from "./splice_work.ts";

/** The kernel that splices vectors; `spliceWords` has the same fields. */
export const SPLICE = {
  name: "splice",
  fields: ["first", "end", "layer", "units", "side", "firstPair", "base"],
} as const satisfies Kernel;

/** Bytes of a word, the smaller unit that the kernel moves. */
const WORD = 4;

/** Bytes of a vector of four words, the larger one. */
const VECTOR = 16;

/**
 * Splices features on the GPU. Tokens that go to the CPU are made in ranges of a quarter of the memory
 * budget, so that one is read back while the next is made. Tokens that stay are in as few buffers as the
 * device's limits allow.
 * @throws {VitrailError} `device` where the GPU refuses it; `limit` where one token's patches exceed a
 * binding.
 */
export async function* spliceOnGpu(
  gpu: GpuExecutor,
  work: SpliceWork,
  to: Destination,
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
 * Writes a range of tokens into one buffer. One dispatch does it where the features that it needs fit one
 * binding and, coming from CPU memory, a quarter of the memory budget; otherwise a dispatch for each window
 * does. Resolves when all of it is submitted and valid.
 * @param sources each token's upper pair of patches, or `NEWLINE`, or `SEPARATOR`
 * @throws {VitrailError} `device` where the GPU refuses it; `limit` where one token's patches exceed a
 * binding.
 */
export async function spliceRange(
  executor: GpuExecutor,
  work: SpliceWork,
  sources: Uint32Array,
  tokens: Range,
): Promise<DeviceRows> {
  const count = tokens.to - tokens.from, bytes = count * tokenBytesOf(work);
  const windows = spliceWindows(sources, tokens, limitsOf(executor, work));
  const { pool } = executor.context;
  const taken: GPUBuffer[] = []; // for all windows; the features of each come and go
  const take = (bytes: number) => {
    const buffer = pool.takeBuffer("storage", bytes);
    taken.push(buffer);
    return buffer;
  };
  const bound = (operand: Operand) =>
    "bytes" in operand ? uploaded(pool.device, take, operand.bytes) : whole(operand.parts[0]);
  let buffer: GPUBuffer | undefined;
  try {
    await executor.submit("splice", (recorder) => {
      buffer = pool.takeBuffer("storage", bytes);
      const shared = {
        first: tokens.from,
        sources: uploaded(pool.device, take, sources.subarray(tokens.from, tokens.to)),
        newline: bound(work.newline),
        separator: bound(work.separator),
        tokens: { buffer, size: bytes },
      };
      for (const window of windows) {
        recordWindow(recorder, work, window, shared);
        recorder.submitIfLarge();
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

/** The bindings that all windows of a range share. */
interface SharedBindings {
  /** The token that `sources` and `tokens` begin with. */
  first: number;
  sources: GPUBufferBinding;
  newline: GPUBufferBinding;
  separator: GPUBufferBinding;
  tokens: GPUBufferBinding;
}

function recordWindow(
  recorder: Recorder,
  work: SpliceWork,
  window: SpliceWindow,
  shared: SharedBindings,
): void {
  const { side, channels } = work.plan;
  const pairBytes = 2 * channels * ELEMENT_BYTES[work.dtype];
  const unit = pairBytes % VECTOR === 0 ? VECTOR : WORD, units = pairBytes / unit;
  const { binding, skipped } = boundFeatures(recorder, work, window, pairBytes);
  const first = window.tokens.from - shared.first, end = window.tokens.to - shared.first;
  const layer = Math.min(end - first, recorder.device.limits.maxComputeWorkgroupsPerDimension);
  const params = { first, end, layer, units, side, firstPair: window.pairs.from, base: skipped / unit };
  recorder.dispatch(
    unit === VECTOR ? "splice" : "spliceWords",
    {},
    uniformOf(SPLICE, params),
    [shared.sources, binding, shared.newline, shared.separator, shared.tokens],
    [Math.ceil(units / INVOCATIONS), layer, Math.ceil((end - first) / layer)],
  );
}

/** The features of a window as a binding. */
interface BoundFeatures {
  binding: GPUBufferBinding;
  /** Bytes of the binding before the window's first pair, since a binding begins at an aligned offset. */
  skipped: number;
}

/** Binds the pairs that a window reads; a window of newlines and separators alone reads none. */
function boundFeatures(
  recorder: Recorder,
  { plan, features }: SpliceWork,
  { pairs, part }: SpliceWindow,
  pairBytes: number,
): BoundFeatures {
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

/** @throws {VitrailError} `limit` where a binding does not hold one token's patches. */
function limitsOf(executor: GpuExecutor, work: SpliceWork): SpliceLimits {
  const { plan, features, dtype } = work;
  const { maxStorageBufferBindingSize: limit, minStorageBufferOffsetAlignment } =
    executor.context.device.limits;
  const pairBytes = 2 * plan.channels * ELEMENT_BYTES[dtype];
  const needed = plan.side + 1, neededBytes = needed * pairBytes;
  const bound = Math.floor((limit - minStorageBufferOffsetAlignment) / pairBytes);
  if (bound < needed) {
    throw new VitrailError(
      "limit",
      `one token's patches of ${plan.channels} channels span ${neededBytes} bytes, ` +
        `and a binding here holds ${limit}; use the reference executor`,
    );
  }
  const budget = Math.max(needed, Math.floor(executor.context.memory / 4 / pairBytes));
  const pairs = "bytes" in features ? Math.min(bound, budget) : bound;
  return { side: plan.side, pairs, ends: endsOf(plan, features, pairBytes) };
}

/** Returns the end of each part of the features, in pairs. */
function endsOf({ rows, side }: SplicePlan, features: Operand, pairBytes: number): number[] {
  if ("bytes" in features) return [rows * 2 * side * side];
  const ends: number[] = [];
  let end = 0;
  for (const { bytes } of features.parts) {
    end += bytes / pairBytes;
    ends.push(end);
  }
  return ends;
}

/** Uploads data into a buffer that `take` gives, and binds it: all of it, and a vector at least. */
function uploaded(
  device: GPUDevice,
  take: (bytes: number) => GPUBuffer,
  data: Uint8Array | Uint32Array,
): GPUBufferBinding {
  const size = Math.max(VECTOR, data.byteLength), buffer = take(size);
  // Deno panics where nothing is written.
  if (data.length > 0) device.queue.writeBuffer(buffer, 0, data as Uint8Array<ArrayBuffer>);
  return { buffer, size };
}

function whole({ buffer, bytes }: DevicePart): GPUBufferBinding {
  return { buffer, size: bytes };
}
