import { VitrailError } from "../../errors.ts";
import type { KernelName } from "../device/kernels.ts";
import type { Recorder } from "../device/recorder.ts";

/** A word of a buffer. */
export interface WordPlace {
  buffer: GPUBuffer;
  from: number;
}

/** Some words of a buffer, the first of which is `from`. */
export interface Span extends WordPlace {
  /** The word after the last one. */
  to: number;
}

/** A kernel that takes a table of jobs, and the names of a job's fields as its `struct Job` has them. */
export interface JobKernel<Field extends string = string> {
  readonly name: KernelName;
  readonly fields: readonly Field[];
}

/** One picture's part in a dispatch. */
export interface Job<Field extends string = string> {
  /** Its fields but for `firstGroup`: whole numbers modulo 2³². Words are counted in whole buffers. */
  fields: Record<Field, number>;
  /** The workgroups that it takes. */
  groups: number;
  /** The words that it reads and writes of each buffer, in the order of the kernel's bindings. */
  spans: readonly Span[];
}

/** Most jobs of a dispatch, as the shaders have it. */
export const MOST_JOBS = 128;

/** Words that a binding's offset is a multiple of: 256 bytes. */
const ALIGNMENT = 64;

/**
 * Records jobs, of which none needs another one's results, in as few dispatches as bindings and grids allow:
 * one, nearly always. A dispatch binds what its jobs reach of each buffer, and its workgroups find their job
 * in a table.
 *
 *     workgroups   │ 0  1  2  3 │ 4  5 │ 6  7  8 │
 *     jobs         │ 0          │ 1    │ 2       │
 *
 * @param tables the texture of tables, for kernels that read it
 */
export function recordJobs<Field extends string>(
  recorder: Recorder,
  kernel: JobKernel<Field>,
  jobs: Iterable<Job<Field>>,
  tables?: GPUTexture,
  constants: Record<string, number> = {},
): void {
  const { limits } = recorder.device, mostGroups = limits.maxComputeWorkgroupsPerDimension ** 3;
  const record = (open: readonly Job<Field>[], spans: readonly Span[], groups: number) => {
    const uniform = jobsUniform(kernel, open, spans.map(({ from }) => aligned(from)));
    const bindings = [...tables ? [tables] : [], ...spans.map(bindingOf)];
    recorder.dispatch(kernel.name, constants, uniform, bindings, gridOf(groups, limits));
  };
  for (const alike of byBuffers(jobs)) {
    // The dispatch that is open: its jobs, the words that they reach of each buffer, their workgroups.
    let open: Job<Field>[] = [], spans: readonly Span[] = [], groups = 0;
    for (const job of alike) {
      // Words that this job and the open ones reach together. A binding that holds them begins before them.
      const joined = open.length === 0 ? job.spans : job.spans.map((span, i) => joinedSpan(spans[i], span));
      const fits = joined.every(({ from, to }) => fitsBinding(to - aligned(from), limits));
      if (open.length > 0 && (open.length === MOST_JOBS || groups + job.groups > mostGroups || !fits)) {
        record(open, spans, groups);
        [open, spans, groups] = [[], job.spans, 0];
      } else spans = joined;
      open.push(job);
      groups += job.groups;
    }
    if (open.length > 0) record(open, spans, groups);
  }
}

/** Returns jobs that have something to do, together those which reach the same buffers. */
function byBuffers<Field extends string>(jobs: Iterable<Job<Field>>): Iterable<Job<Field>[]> {
  const numbers = new Map<GPUBuffer, number>();
  const numberOf = ({ buffer }: Span) => {
    if (!numbers.has(buffer)) numbers.set(buffer, numbers.size);
    return numbers.get(buffer)!;
  };
  const wanted = [...jobs].filter(({ groups }) => groups > 0);
  return Map.groupBy(wanted, ({ spans }) => spans.map(numberOf).join(" ")).values();
}

/** Returns the words that hold two spans of a buffer. */
export function joinedSpan(a: Span, b: Span): Span {
  return { buffer: a.buffer, from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

/** Returns the last word, up to one, at which a binding may begin. */
function aligned(word: number): number {
  return Math.floor(word / ALIGNMENT) * ALIGNMENT;
}

/** Returns the binding that holds a span. It may begin before it. */
export function bindingOf({ buffer, from, to }: Span): GPUBufferBinding {
  return { buffer, offset: aligned(from) * 4, size: (to - aligned(from)) * 4 };
}

function fitsBinding(words: number, { maxStorageBufferBindingSize }: GPUSupportedLimits): boolean {
  return words * 4 <= maxStorageBufferBindingSize;
}

/** Returns the most words that a binding holds wherever they begin; elsewhere `mostBound`. */
export function mostBoundOf({ maxStorageBufferBindingSize }: GPUSupportedLimits): number {
  return Math.floor(maxStorageBufferBindingSize / 4) - ALIGNMENT + 1;
}

/**
 * Returns a kernel's uniform: where the bindings of jobs' spans begin, one or two; 0; the count of jobs; and
 * the jobs, with room for as many as a dispatch takes.
 */
export function jobsUniform<Field extends string>(
  { fields }: JobKernel<Field>,
  jobs: readonly Job<Field>[],
  starts: readonly number[],
): ArrayBuffer {
  if (starts.length > 2) throw new VitrailError("usage", `${starts.length} buffers of a kernel; two at most`);
  const stride = Math.ceil((fields.length + 1) / 4) * 4, words = new Uint32Array(4 + MOST_JOBS * stride);
  words.set(starts);
  words[3] = jobs.length;
  let firstGroup = 0;
  for (const [index, job] of jobs.entries()) {
    const at = 4 + index * stride;
    words[at] = firstGroup;
    for (const [i, field] of fields.entries()) words[at + 1 + i] = job.fields[field]; // modulo 2³²
    firstGroup += job.groups;
  }
  return words.buffer;
}

/** Returns a grid of at least so many workgroups, counted along x, then y, then z. */
export function gridOf(
  groups: number,
  { maxComputeWorkgroupsPerDimension: side }: GPUSupportedLimits,
): [number, number, number] {
  const z = Math.ceil(groups / side ** 2), y = Math.ceil(groups / (side * z));
  return [Math.ceil(groups / (y * z)), y, z];
}
