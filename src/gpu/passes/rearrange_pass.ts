import { VitrailError } from "../../errors.ts";
import type { Layout } from "../../layout/layout.ts";
import { Memo } from "../../layout/memo.ts";
import { countOf } from "../../layout/shape.ts";
import type { Elements } from "../../plan/dtype.ts";
import type { Recorder } from "../device/recorder.ts";
import { type JobKernel, recordJobs, STRIP } from "./jobs.ts";
import { type Runs, runsOf } from "./runs.ts";

/** The jobs of shaders/rearrange.wgsl. */
export const REARRANGE = {
  name: "rearrange",
  fields: ["input", "runs", "runCount", "offsets", "longest", "output", "patchColumns", "rowLength"],
  addresses: { input: 1, output: 1 },
} as const satisfies JobKernel;

/** The runs of layouts that were moved last, 1 MiB of them. */
const RUNS = new Memo<Runs>(2 ** 20, ({ runs, offsets }) => runs.byteLength + offsets.byteLength);

/** Returns all that decides a layout's runs, as text: of its copies the list alone that leaves some out. */
function keyOf({ digits, repeats, inputShape, outputShape }: Layout): string {
  const isWhole = countOf(inputShape) * repeats.length === countOf(outputShape);
  const steps = digits.map(({ size, inputStride }) => [size, inputStride]);
  return JSON.stringify([steps, isWhole ? "all" : repeats]);
}

/** Records the moving of words into the order of a layout's output. */
export function recordRearrange(
  recorder: Recorder,
  input: GPUBuffer,
  layout: Layout,
  output: GPUBuffer,
): void {
  const { tables } = recorder.context, key = keyOf(layout);
  const { runs, offsets } = RUNS.resultOf(key, () => runsOf(layout)), runCount = runs.length / 3;
  tables.begin();
  const fields = {
    input: 0,
    runs: tables.wordOf(`runs ${key}`, () => runs),
    runCount,
    offsets: tables.wordOf(`offsets ${key}`, () => offsets),
    longest: offsets.length,
    output: 0,
    patchColumns: 0,
    rowLength: 0,
  };
  const groups = Math.ceil(offsets.length / STRIP) * runCount;
  const spans = [
    { buffer: input, from: 0, to: countOf(layout.inputShape) },
    { buffer: output, from: 0, to: countOf(layout.outputShape) },
  ];
  recordJobs(recorder, REARRANGE, [{ fields, groups, spans }], recorder.tables());
}

/**
 * Holds the words of both sides of a rearrangement against a binding.
 * @throws {VitrailError} `limit` where one does not hold either.
 */
export function requireBindings(
  { maxStorageBufferBindingSize: limit }: GPUSupportedLimits,
  from: number,
  to: number,
): void {
  if (Math.max(from, to) * 4 <= limit) return;
  throw new VitrailError("limit", `rearranging ${from} elements into ${to} needs more than ${limit} bytes`);
}

/**
 * Returns elements as words: narrower ones as their bits, one in a word, since not every device has such
 * types.
 */
export function wordsOf(elements: Elements): Uint32Array {
  const { buffer, byteOffset, length, BYTES_PER_ELEMENT: width } = elements;
  if (width === 4) return new Uint32Array(buffer, byteOffset, length);
  return Uint32Array.from(
    width === 2 ? new Uint16Array(buffer, byteOffset, length) : elements as Uint8Array,
  );
}

/** Returns words as elements of the type of `like`. */
export function elementsLike<T extends Elements>(like: T, words: Uint32Array): T {
  const width = like.BYTES_PER_ELEMENT;
  const bits = width === 4 ? words : width === 2 ? Uint16Array.from(words) : Uint8Array.from(words);
  const Kind = like.constructor as new (source: ArrayBuffer) => T;
  return new Kind(bits.buffer as ArrayBuffer);
}
