import type { Range } from "../../plan/geometry.ts";
import { INVOCATIONS, type Kernel } from "../device/kernels.ts";
import type { Recorder } from "../device/recorder.ts";

/** Words of a line or a run that a workgroup makes, where each invocation makes eight. */
export const STRIP = 8 * INVOCATIONS;

/** Some words of a buffer: the first one, and the one after the last. */
export interface Span extends Range {
  buffer: GPUBuffer;
}

/** A kernel that takes a table of jobs. Its fields are those of its `struct Job` but for `firstGroup`. */
export interface JobKernel<Field extends string = string> extends Kernel<Field> {
  /**
   * The fields that are addresses in its buffers, in the order of its bindings, and how many of its units a
   * word has: 1 of words, 4 of bytes.
   */
  readonly addresses: { readonly [Name in Field]?: number };
}

/** One picture's part in a dispatch. */
export interface Job<K extends JobKernel = JobKernel> {
  /** Its fields: whole numbers modulo 2³². Addresses are those of whole buffers. */
  fields: Record<K["fields"][number], number>;
  /** The workgroups that it takes. */
  groups: number;
  /** The words that it reads and writes of each buffer, in the order of the kernel's bindings. */
  spans: readonly Span[];
}

/** Entries of a dispatch's table, as the shaders have it. */
export const ENTRIES = 256;

/** Words that a binding's offset is a multiple of: 256 bytes. */
const ALIGNMENT = 64;

/** The share of workgroups that may do nothing where jobs have an entry each. */
const MOST_IDLE = 1 / 16;

/**
 * Records jobs, of which none needs another one's results, in as few dispatches as bindings and grids allow:
 * one, nearly always. A dispatch binds what its jobs reach of each buffer, and has a table of them. An entry
 * is a job's from a workgroup on, so many workgroups: a line of the grid.
 *
 *     entry 0   │ 0  1  2  3 │   of job 0
 *     entry 1   │ 4  5       │   the rest of job 0: workgroups beyond the job's do nothing
 *     entry 2   │ 0  1  2  3 │   of job 1
 *
 * @param tables the texture of tables, for kernels that read it
 */
export function recordJobs<K extends JobKernel>(
  recorder: Recorder,
  kernel: K,
  jobs: Iterable<Job<NoInfer<K>>>,
  tables?: GPUTexture,
  constants: Record<string, number> = {},
): void {
  const { limits } = recorder.device, side = limits.maxComputeWorkgroupsPerDimension;
  const mostBytes = limits.maxStorageBufferBindingSize;
  const record = (open: readonly Job<K>[], spans: readonly Span[]) => {
    const bindings = [...tables ? [tables] : [], ...spans.map(bindingOf)];
    const [entries, width] = entriesOf(open, side), most = Math.min(ENTRIES, side);
    for (let from = 0; from < entries.length; from += most) {
      const own = entries.slice(from, from + most), table = tableOf(kernel, own, spans);
      const grid = [width, own.length, 1] as const;
      recorder.dispatch(kernel.name, constants, table, bindings, grid, boundBytes(kernel));
    }
  };
  for (const alike of byBuffers(jobs)) {
    let open: Job<K>[] = [], spans: readonly Span[] = []; // of the open dispatch, and what these reach
    for (const job of alike) {
      // Words that this job and the open ones reach together. A binding of these may begin before them.
      const joined = open.length === 0 ? job.spans : job.spans.map((span, i) => joinedSpan(spans[i], span));
      const fits = joined.every(({ from, to }) => (to - aligned(from)) * 4 <= mostBytes);
      if (open.length > 0 && (open.length === ENTRIES / 2 || !fits)) {
        record(open, spans);
        [open, spans] = [[], job.spans];
      } else spans = joined;
      open.push(job);
    }
    if (open.length > 0) record(open, spans);
  }
}

/** Returns jobs that have something to do, together those which reach the same buffers. */
function byBuffers<K extends JobKernel>(jobs: Iterable<Job<K>>): Iterable<Job<K>[]> {
  const numbers = new Map<GPUBuffer, number>();
  const numberOf = ({ buffer }: Span) => {
    if (!numbers.has(buffer)) numbers.set(buffer, numbers.size);
    return numbers.get(buffer)!;
  };
  const wanted = [...jobs].filter(({ groups }) => groups > 0);
  return Map.groupBy(wanted, ({ spans }) => spans.map(numberOf).join(" ")).values();
}

/** A job from its workgroup `firstGroup` on. */
interface Entry<K extends JobKernel> {
  job: Job<K>;
  firstGroup: number;
}

/**
 * Returns jobs as entries, and the workgroups of each. Jobs that are about as long have an entry each: the
 * host makes the table, and it is short then. Else entries are so short that few workgroups do nothing, and
 * `ENTRIES / 2` jobs fit one table.
 */
function entriesOf<K extends JobKernel>(jobs: readonly Job<K>[], side: number): [Entry<K>[], width: number] {
  const groups = jobs.reduce((sum, job) => sum + job.groups, 0), entries: Entry<K>[] = [];
  const longest = jobs.reduce((most, job) => Math.max(most, job.groups), 0);
  const areEven = longest <= side && longest * jobs.length <= groups * (1 + MOST_IDLE);
  const width = areEven ? longest : Math.min(side, Math.ceil(groups / (ENTRIES - jobs.length)));
  for (const job of jobs) {
    for (let firstGroup = 0; firstGroup < job.groups; firstGroup += width) entries.push({ job, firstGroup });
  }
  return [entries, width];
}

/** Returns a kernel's table: entries, whose addresses are counted from where bindings of spans begin. */
export function tableOf<K extends JobKernel>(
  kernel: JobKernel,
  entries: readonly Entry<K>[],
  spans: readonly Span[],
): ArrayBuffer {
  const { fields, addresses } = kernel, stride = strideOf(kernel);
  const words = new Uint32Array(entries.length * stride);
  const starts: Record<string, number> = {};
  Object.entries(addresses).forEach(([field, word], i) => starts[field] = aligned(spans[i].from) * word!);
  let at = 0;
  for (const { job, firstGroup } of entries) {
    const values: Record<string, number> = job.fields;
    words[at] = firstGroup;
    fields.forEach((field, i) => words[at + 1 + i] = values[field] - (starts[field] ?? 0));
    at += stride;
  }
  return words.buffer;
}

/** Returns the bytes of a kernel's table that are bound: room for as many entries as there can be. */
export function boundBytes(kernel: JobKernel): number {
  return ENTRIES * strideOf(kernel) * 4;
}

/** Returns the words from one entry of a kernel's table to the next. */
function strideOf({ fields }: JobKernel): number {
  return Math.ceil((fields.length + 1) / 4) * 4;
}

/** Returns so many words of a buffer. */
export function spanFrom(buffer: GPUBuffer, from: number, words: number): Span {
  return { buffer, from, to: from + words };
}

/** Returns the words that hold two spans of a buffer. */
export function joinedSpan(a: Span, b: Span): Span {
  return { buffer: a.buffer, from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

/** Returns the last word at which a binding may begin, up to `word`. */
function aligned(word: number): number {
  return Math.floor(word / ALIGNMENT) * ALIGNMENT;
}

/** Returns the binding that holds a span, and may begin before the span does. */
function bindingOf({ buffer, from, to }: Span): GPUBufferBinding {
  return { buffer, offset: aligned(from) * 4, size: (to - aligned(from)) * 4 };
}

/** Returns the most words that a binding holds wherever they begin. Other files call it `mostBound`. */
export function mostBoundOf({ maxStorageBufferBindingSize }: GPUSupportedLimits): number {
  return Math.floor(maxStorageBufferBindingSize / 4) - ALIGNMENT + 1;
}
