import type { Dtype } from "../../plan/dtype.ts";
import type { Recorder } from "../device/recorder.ts";
import { perWord } from "../element_words.ts";
import { INVOCATIONS } from "../invocations.ts";
import { type Job, type JobKernel, mostBoundOf, recordJobs, type WordPlace } from "./jobs.ts";

/** The jobs of shaders/pack.wgsl. */
export const PACK = { name: "pack", fields: ["floats", "packed", "count"] } as const satisfies JobKernel;

/** The `FORMAT` of each dtype whose elements that kernel makes. */
export const FORMAT: Readonly<Partial<Record<Dtype, number>>> = { f16: 1, bf16: 2, u8: 3 };

/** Floats that become elements. */
export interface Packing {
  dtype: Dtype;
  floats: WordPlace;
  packed: WordPlace;
  /** The floats' count. */
  count: number;
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
function packJobs({ dtype, floats, packed, count }: Packing, mostBound: number) {
  const per = perWord(dtype),
    step = mostBound - mostBound % per,
    jobs: Job<(typeof PACK.fields)[number]>[] = [];
  for (let done = 0; done < count; done += step) {
    const own = Math.min(step, count - done), words = Math.ceil(own / per);
    const [from, to] = [floats.from + done, packed.from + done / per];
    jobs.push({
      fields: { floats: from, packed: to, count: own },
      groups: Math.ceil(words / INVOCATIONS),
      spans: [{ ...floats, from, to: from + own }, { ...packed, from: to, to: to + words }],
    });
  }
  return jobs;
}
