import type { Dtype } from "../../plan/dtype.ts";
import { INVOCATIONS } from "../device/kernels.ts";
import type { Recorder } from "../device/recorder.ts";
import { perWord } from "../element_words.ts";
import { type Job, type JobKernel, mostBoundOf, recordJobs, type Span, spanFrom } from "./jobs.ts";

/** The jobs of shaders/pack.wgsl. */
export const PACK = {
  name: "pack",
  fields: ["floats", "packed", "count"],
  addresses: { floats: 1, packed: 1 },
} as const satisfies JobKernel;

/** The `FORMAT` of each dtype whose elements that kernel makes. */
export const FORMAT: Readonly<Partial<Record<Dtype, number>>> = { f16: 1, bf16: 2, u8: 3 };

/** Floats that become elements. */
export interface Packing {
  dtype: Dtype;
  floats: Span;
  /** The words that they become. */
  packed: Span;
}

/** Records the packing of floats. */
export function recordPacks(recorder: Recorder, packings: readonly Packing[]): void {
  const mostBound = mostBoundOf(recorder.device.limits);
  for (const [dtype, own] of Map.groupBy(packings, ({ dtype }) => dtype)) {
    const jobs = own.flatMap((packing) => packJobs(packing, mostBound));
    recordJobs(recorder, PACK, jobs, undefined, { FORMAT: FORMAT[dtype]! });
  }
}

/** Returns the jobs of a packing: one, or several that bindings hold. */
function packJobs({ dtype, floats, packed }: Packing, mostBound: number): Job<typeof PACK>[] {
  const per = perWord(dtype), step = mostBound - mostBound % per, jobs: Job<typeof PACK>[] = [];
  for (let from = floats.from, to = packed.from; from < floats.to; from += step, to += step / per) {
    const count = Math.min(step, floats.to - from), words = Math.ceil(count / per);
    jobs.push({
      fields: { floats: from, packed: to, count },
      groups: Math.ceil(words / INVOCATIONS),
      spans: [spanFrom(floats.buffer, from, count), spanFrom(packed.buffer, to, words)],
    });
  }
  return jobs;
}
