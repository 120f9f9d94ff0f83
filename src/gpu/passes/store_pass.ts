import { VitrailError } from "../../errors.ts";
import type { Layout } from "../../layout/layout.ts";
import { countOf } from "../../layout/shape.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { byteTable, type Normalisation, valueTable } from "../../plan/tables/values.ts";
import { type CanvasView, type Fill, fillValues, PLACE_ELEMENTS, targetLayout } from "../../plan/view.ts";
import type { DeviceCanvas } from "../device_canvas.ts";
import { elementBits, perWord } from "../element_words.ts";
import { INVOCATIONS } from "../device/kernels.ts";
import type { Tables } from "../device/tables.ts";
import { type Job, type JobKernel, joinedSpan, type Span, spanFrom, STRIP } from "./jobs.ts";
import { REARRANGE } from "./rearrange_pass.ts";
import { LONGEST_RUN, type Runs, runsOf } from "./runs.ts";

/** The jobs of shaders/store.wgsl. */
export const STORE = {
  name: "store",
  fields: [
    "canvas",
    "area",
    "elements",
    "runs",
    "runCount",
    "offsets",
    "longest",
    "output",
    "step",
  ],
  addresses: { canvas: 1, output: 1 },
} as const satisfies JobKernel;

/** The kernel of canvases of bytes, and that of floats, whose words go where they belong as they are. */
type StoreKernel = typeof STORE | typeof REARRANGE;

/** The jobs that store some rows, their kernel, and what is compiled into it. */
export interface Store {
  kernel: StoreKernel;
  jobs: Job<StoreKernel>[];
  constants: Record<string, number>;
}

/** A view's rows in a buffer of elements. */
export interface RowElements {
  buffer: GPUBuffer;
  /** The first element of the rows. */
  base: number;
  dtype: Dtype;
}

/** A view's rows as runs. Where its canvas holds floats, elements come from words and not from pixels. */
interface ViewRuns extends Runs {
  /** Words of the canvas from a run's first one to the end of the farthest that a run reads. */
  reach: number;
  /** Elements of a row, its place left out: `runs` know no places, and count as if there were none. */
  rowLength: number;
  /** Elements that stand before each row's own: its patch's place, where the target has places; else 0. */
  lead: number;
  /** Elements from the first row to the end of the last one. */
  count: number;
}

/** The runs of targets that are in use, by their layout, a pixel's words, places and what bindings hold. */
const RUNS = new WeakMap<Layout, Map<string, ViewRuns>>();

/**
 * Returns the runs of a view, of which each fits a binding: the words of the canvas that it reads do, and
 * those that it writes. They are as long as they can be: a quarter as long again and again, until they fit.
 * No run crosses a place that a row begins with: there runs are no longer than a row.
 * @throws {VitrailError} `limit` where a pixel's do not, as on no device that there is.
 */
function viewRuns({ canvas, target, ...view }: CanvasView, mostBound: number): ViewRuns {
  const { pattern, sizes, copies, places } = target!, holdsFloats = isFloat(view);
  const layout = targetLayout(canvas, { pattern, sizes, copies }), known = RUNS.get(layout) ?? new Map();
  RUNS.set(layout, known);
  const key = `${holdsFloats} ${places} ${mostBound}`, area = canvas.width * canvas.height;
  if (known.has(key)) return known.get(key);
  const [rows, ...row] = layout.outputShape, rowLength = countOf(row), lead = places ? PLACE_ELEMENTS : 0;
  const words = holdsFloats ? 3 * area : area, stored = holdsFloats ? interleaved(layout, area) : layout;
  const channel = holdsFloats ? -1 : apartOf(layout, area, mostBound);
  for (let longest = places ? Math.min(LONGEST_RUN, rowLength) : LONGEST_RUN; longest >= 1; longest >>= 2) {
    const runs = runsOf(stored, longest, channel);
    const reach = runs.offsets.reduce((farthest, offset) => Math.max(farthest, offset % words), 0) + 1;
    if (Math.max(reach, longest + lead) > mostBound) continue;
    const found = { ...runs, reach, rowLength, lead, count: rows * (rowLength + lead) };
    known.set(key, found);
    return found;
  }
  throw new VitrailError("limit", "a binding of this device does not hold a pixel; use the simd executor");
}

/** Returns a layout of `[c, y, x]` as one of `[y, x, c]`, as a canvas of floats lies. */
function interleaved(layout: Layout, area: number): Layout {
  const strideOf = (stride: number) => stride % area * 3 + Math.floor(stride / area);
  const digits = layout.digits.map((digit) => ({ ...digit, inputStride: strideOf(digit.inputStride) }));
  return { ...layout, digits };
}

/**
 * Returns the digit that counts channels, where an invocation may make the elements of all three: bindings
 * hold whatever they reach, and elements of one channel follow one another for a while. Elsewhere -1.
 */
function apartOf({ digits, outputShape }: Layout, area: number, mostBound: number): number {
  if (Math.max(area, countOf(outputShape)) > mostBound) return -1;
  const index = digits.findIndex(({ size, inputStride }) => size === 3 && inputStride === area);
  // The digits after it count elements of one channel: fewer than a workgroup has invocations are too few.
  return countOf(digits.slice(index + 1).map(({ size }) => size)) < INVOCATIONS ? -1 : index;
}

/** Tells whether a view's canvas holds floats. */
export function isFloat({ floats, standard }: Pick<CanvasView, "floats" | "standard">): boolean {
  return floats === true || standard !== undefined;
}

/** Tells whether the words of an output, from an element on, hold elements of one run of a view each. */
export function storesWords(view: CanvasView, base: number, dtype: Dtype, mostBound: number): boolean {
  const per = perWord(dtype);
  if (per === 1) return true;
  return !isFloat(view) && base % per === 0 && viewRuns(view, mostBound).multiple % per === 0;
}

/**
 * Returns the jobs that store a canvas's rows; one, nearly always.
 * @param values the rule by which bytes become values; absent: they stay bytes
 * @param mostBound words that a binding holds
 */
export function storeOf(
  tables: Tables,
  view: CanvasView,
  canvas: DeviceCanvas,
  rows: RowElements,
  values: Normalisation | undefined,
  mostBound: number,
): Store {
  const { dtype, base } = rows, { fill } = view, PER_WORD = perWord(dtype), { span } = canvas;
  const key = JSON.stringify([dtype, values ?? "bytes", fillValues(fill)]), isBytes = !isFloat(view);
  const elements = isBytes ? tables.wordOf(key, () => elementTable(values, fill, dtype)) : 0;
  const { runs, offsets, step, reach, rowLength, lead, count } = viewRuns(view, mostBound);
  const first = base / PER_WORD, runCount = runs.length / 3, words = span.to - span.from;
  const [runsWord, offsetsWord] = [runs, offsets].map((table) => tables.wordOf(table, () => table));
  const strips = Math.ceil(offsets.length / PER_WORD / STRIP);
  const jobOf = (from: number, to: number, spans: Span[]): Store["jobs"][number] => ({
    fields: {
      canvas: span.from,
      input: span.from,
      area: words,
      elements,
      runs: runsWord + from * 3,
      runCount: to - from,
      offsets: offsetsWord,
      longest: offsets.length,
      output: first,
      step: step / PER_WORD,
      patchColumns: view.target!.places ?? 0,
      rowLength,
    },
    groups: strips * (to - from),
    spans,
  });
  const store = (jobs: Store["jobs"]): Store =>
    isBytes
      ? { kernel: STORE, jobs, constants: { PER_WORD, PLANES: Number(step > 0) } }
      : { kernel: REARRANGE, jobs, constants: {} };
  const whole = spanFrom(rows.buffer, first, count / PER_WORD);
  if (Math.max(words, whole.to - whole.from) <= mostBound) return store([jobOf(0, runCount, [span, whole])]);
  // A binding does not hold all of it. So a job takes runs, one after another, while bindings hold what they
  // reach together.
  const jobs: Store["jobs"] = [];
  let from = 0, spans: Span[] = []; // of the job that is open: its first run, and the words of runs so far
  for (let run = 0; run < runCount; run++) {
    const [input, output, length] = runs.subarray(run * 3, run * 3 + 3), word = input % words;
    // A run lies behind the places of its own row and of all rows before. Its words are counted from `lead`
    // elements before it on, since the run that begins a row writes that row's place, too.
    const to = output + Math.floor(output / rowLength) * lead;
    const own = [
      spanFrom(span.buffer, span.from + word, Math.min(words - word, reach)),
      spanFrom(rows.buffer, first + to / PER_WORD, (length + lead) / PER_WORD),
    ];
    const joined = run === from ? own : own.map((span, i) => joinedSpan(span, spans[i]));
    const fits = joined.every(({ from, to }) => to - from <= mostBound);
    if (!fits) {
      jobs.push(jobOf(from, run, spans));
      from = run;
    }
    spans = fits ? joined : own;
  }
  return store([...jobs, jobOf(from, runCount, spans)]);
}

/** Returns each byte's element, and behind them the fill's, by channel: `[3, 257]`. */
function elementTable(values: Normalisation | undefined, fill: Fill, dtype: Dtype): Uint32Array {
  const bytes = elementBits(values ? valueTable(values) : byteTable(), dtype);
  const around = elementBits(Float32Array.from(fillValues(fill) ?? [0, 0, 0]), dtype);
  const table = new Uint32Array(3 * 257);
  for (let channel = 0; channel < 3; channel++) {
    table.set(bytes.subarray(channel * 256, channel * 256 + 256), channel * 257);
    table[channel * 257 + 256] = around[channel];
  }
  return table;
}
