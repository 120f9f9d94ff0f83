import { countOf } from "../layout/shape.ts";
import { ELEMENT_BYTES } from "../plan/dtype.ts";
import { lengthOf, type Range } from "../plan/geometry.ts";
import { type Plan, valuesOf } from "../plan/plan.ts";
import type { Pictures } from "../plan/stored_picture.ts";
import { standardTable } from "../plan/tables/standard.ts";
import { floatSteps } from "../plan/tables/values.ts";
import type { BlankView, CanvasView, GlobalView, Placement, Target, View } from "../plan/view.ts";
import { byteSums, uprightBytes } from "./byte_sums.ts";
import type { GpuContext } from "./device/context.ts";
import type { Complaint } from "./device/error_scopes.ts";
import { Recorder } from "./device/recorder.ts";
import type { DeviceCanvas } from "./device_canvas.ts";
import { type DeviceRows, releaseRows } from "./device_rows.ts";
import { Drawing } from "./drawing.ts";
import { perWord } from "./element_words.ts";
import { globalBlocks } from "./passes/global_pass.ts";
import { mostBoundOf, recordJobs, spanFrom } from "./passes/jobs.ts";
import { type Packing, recordPacks } from "./passes/pack_pass.ts";
import type { Block, FloatSums, Origin } from "./passes/placement_blocks.ts";
import { recordBlocks } from "./passes/resample_pass.ts";
import { isFloat, type RowElements, type Store, storeOf, storesWords } from "./passes/store_pass.ts";

/**
 * The recording of some images of a plan, in one command buffer or several. All canvases are drawn, then
 * their rows are stored: each pass takes the pictures of all images in a dispatch, by a table of jobs. The
 * order of kernels:
 *
 *     canvases      fill; horizontal and vertical, or weigh_across and weigh_down; then cells. Those that
 *                   read other canvases come after these (`drawing.ts`)
 *     rows          store of canvases of bytes, rearrange of floats
 *     global views  weigh_across, weigh_down
 *     words         pack, where kernels cannot write whole words of an element type
 */
export class ChunkRecording {
  /** The recorder of its commands. */
  readonly recorder: Recorder;
  /** Words that a binding holds, wherever they begin. */
  readonly #mostBound: number;
  readonly #outputs = new Map<string, DeviceRows>();
  readonly #floats = new Map<string, GPUBuffer>(); // of outputs whose words their views' kernels cannot store
  readonly #canvases = new Map<number, DeviceCanvas>(); // by view
  readonly #packings: Packing[] = [];
  readonly #scratches: GPUBuffer[] = [];

  /** Creates an empty recording of `plan`. */
  constructor(readonly context: GpuContext, readonly plan: Plan) {
    this.recorder = new Recorder(context);
    this.#mostBound = mostBoundOf(context.device.limits);
  }

  /** Records some views, and returns the rows that they will fill. */
  record({ from, to }: Range, pictures: Pictures): DeviceRows[] {
    const views = this.plan.views.slice(from, to), { tables } = this.context, { recorder } = this;
    tables.begin();
    this.#reserve(views);
    this.#layCanvases(views, from);
    const drawing = new Drawing(tables, this.#mostBound);
    for (const [position, view] of views.entries()) {
      if (view.kind === "canvas") this.#draw(drawing, view, this.#canvases.get(from + position)!, pictures);
    }
    const stores = views.flatMap((view, position) =>
      view.kind === "canvas" && view.target ? this.#storeOf(view, from + position) : []
    );
    const globals = this.#globalsOf(views.filter((view) => view.kind === "global"));
    const texture = recorder.tables(); // it has all that they read now
    const { memory, device } = this.context;
    const mostUploaded = Math.floor(Math.min(device.limits.maxBufferSize, memory / 4) / 4);
    drawing.record(recorder, texture, mostUploaded);
    const alike = Map.groupBy(stores, ({ kernel, constants }) => JSON.stringify([kernel.name, constants]));
    for (const own of alike.values()) {
      recordJobs(recorder, own[0].kernel, own.flatMap(({ jobs }) => jobs), texture, own[0].constants);
    }
    recordBlocks(recorder, globals, texture, mostUploaded);
    for (const view of views) if (view.kind === "blank") this.#clear(view.target);
    recordPacks(recorder, this.#packings);
    return [...this.#outputs.values()];
  }

  /** Draws a canvas view. */
  #draw(drawing: Drawing, view: CanvasView, canvas: DeviceCanvas, pictures: Pictures): void {
    const originOf = ({ source }: Placement): Origin =>
      "view" in source ? this.#canvases.get(source.view)! : pictures.get(source.picture)!;
    drawing.add(view, canvas, originOf, (placement) => {
      if (isFloat(view)) return this.#floatSums(view, pictures);
      return placement.resampler === "torch-cuda" ? {} : undefined; // of bytes as they are
    });
  }

  /**
   * Returns what a canvas of floats is summed with: bytes become values before they are resampled. It has one
   * placement, a whole picture's.
   */
  #floatSums({ standard, placements: [{ source }], target }: CanvasView, pictures: Pictures): FloatSums {
    const { tables } = this.context, black = new Float32Array(3), words = new Uint32Array(black.buffer);
    if (standard) {
      const picture = pictures.get((source as { picture: number }).picture)!;
      const own = standardTable(standard, byteSums(uprightBytes(picture), standard));
      return { values: tables.wordOf(own, () => Float32Array.of(...own, ...own, ...own)), black: words };
    }
    const { factor, mean, std } = floatSteps(valuesOf(this.plan, target!.output)), { fround } = Math;
    for (const channel of black.keys()) black[channel] = fround(0 - mean[channel]) / std[channel];
    const values = () => Float32Array.from({ length: 3 * 256 }, (_, i) => i % 256 * factor);
    return {
      values: tables.wordOf(`factor ${factor}`, values),
      deviations: tables.wordOf(
        `deviations ${mean} ${std}`,
        () => Float32Array.of(...mean, ...std, ...std.map((own) => 1 / own)),
      ),
      black: words,
    };
  }

  /** Returns what stores a view's rows. */
  #storeOf(view: CanvasView, index: number): Store {
    const { output } = view.target!, rows = this.#rowsOf(view.target!), canvas = this.#canvases.get(index)!;
    const values = this.plan.outputs[output].dtype === "u8" ? undefined : valuesOf(this.plan, output);
    return storeOf(this.context.tables, view, canvas, rows, values, this.#mostBound);
  }

  /** Returns the blocks of global views. They are floats, which are packed where an output has others. */
  #globalsOf(views: readonly GlobalView[]): Block[] {
    const made = views.map((view) => {
      const rows = this.#rowsOf(view.target), { width, height } = view.canvas, count = 3 * width * height;
      return { view, rows, count, scratch: rows.dtype === "f32" ? 0 : count };
    });
    const words = made.reduce((sum, { scratch }) => sum + scratch, 0);
    const buffer = words > 0 ? this.#scratch(words) : undefined;
    let end = 0;
    return made.flatMap(({ view, rows, count, scratch }) => {
      const { dtype, base } = rows, per = perWord(dtype);
      const floats = scratch ? spanFrom(buffer!, end, count) : spanFrom(rows.buffer, base, count);
      end += scratch;
      const packed = spanFrom(rows.buffer, base / per, Math.ceil(count / per));
      if (scratch) this.#packings.push({ dtype, floats, packed });
      const canvas = this.#canvases.get(view.view)!, rule = valuesOf(this.plan, view.target.output);
      return globalBlocks(this.context.tables, view, canvas, floats, rule, this.#mostBound);
    });
  }

  /** Submits all that was recorded when the context's queue lets it, and resolves to the GPU's complaints. */
  async submit(): Promise<Complaint[]> {
    const complaints = await this.recorder.submit(this.context.queue);
    // Only now: a full pool destroys what it is given, and a submission may name no destroyed buffer.
    this.#giveScratch();
    return complaints;
  }

  /** Gives everything back where recording failed. */
  abandon(): void {
    this.recorder.abandon();
    this.#giveScratch();
    releaseRows(this.context.pool, [...this.#outputs.values()]);
  }

  /** Gives back the buffers that no result needs. */
  #giveScratch(): void {
    for (const buffer of this.#scratches) this.context.pool.giveBuffer("storage", buffer);
  }

  /**
   * Takes a buffer for each output's rows, and one for floats where some view's kernel cannot store its
   * words.
   */
  #reserve(views: readonly View[]): void {
    const { pool } = this.context;
    for (const [output, filling] of Map.groupBy(views, ({ target }) => target?.output)) {
      if (output === undefined) continue;
      const { dtype, shape: [, ...rowShape] } = this.plan.outputs[output];
      const rows = rowsFilledBy(filling), shape = [lengthOf(rows), ...rowShape];
      const count = countOf(shape), bytes = count * ELEMENT_BYTES[dtype];
      const buffer = pool.takeBuffer("storage", bytes);
      this.#outputs.set(output, { output, dtype, row: rows.from, shape, buffer, bytes });
      const elements = countOf(rowShape), per = perWord(dtype);
      const isStored = (view: View) => {
        if (elements % per !== 0) return false;
        const base = (view.target!.row - rows.from) * elements;
        return view.kind !== "canvas" || storesWords(view, base, dtype, this.#mostBound);
      };
      if (filling.every(isStored)) continue;
      const floats = this.#scratch(count), packed = spanFrom(buffer, 0, Math.ceil(count / per));
      this.#floats.set(output, floats);
      this.#packings.push({ dtype, floats: spanFrom(floats, 0, count), packed });
    }
  }

  /** Records zeros in rows that no picture fills. */
  #clear(target: BlankView["target"]): void {
    const { buffer, base, dtype } = this.#rowsOf(target);
    const { shape } = this.#outputs.get(target.output)!;
    const count = target.rows * countOf(shape.slice(1)), width = ELEMENT_BYTES[dtype];
    this.recorder.command((encoder) => encoder.clearBuffer(buffer, base * width, count * width));
  }

  /** Returns where the rows of an output from `row` on lie: among its floats, where it has some. */
  #rowsOf({ output, row }: Pick<Target, "output" | "row">): RowElements {
    const rows = this.#outputs.get(output)!;
    const stride = countOf(rows.shape.slice(1));
    const base = (row - rows.row) * stride, floats = this.#floats.get(output);
    return floats ? { buffer: floats, base, dtype: "f32" } : { buffer: rows.buffer, base, dtype: rows.dtype };
  }

  /**
   * Gives each canvas view its words: canvases lie side by side, those that read others apart from those,
   * since no dispatch both reads and writes a buffer.
   */
  #layCanvases(views: readonly View[], from: number): void {
    const depths = new Map<number, number>();
    for (const [position, view] of views.entries()) {
      if (view.kind !== "canvas") continue;
      const read = view.placements.map(({ source }) => "view" in source ? depths.get(source.view)! : -1);
      depths.set(from + position, Math.max(-1, ...read) + 1);
    }
    const byDepth = Map.groupBy(depths.keys(), (index) => depths.get(index));
    for (const indices of byDepth.values()) this.#sideBySide(indices);
  }

  /** Takes a buffer of so many words that no result needs. */
  #scratch(words: number): GPUBuffer {
    const buffer = this.context.pool.takeBuffer("storage", words * 4);
    this.#scratches.push(buffer);
    return buffer;
  }

  /** Lays canvases in as few buffers as there can be. */
  #sideBySide(indices: readonly number[]): void {
    const held = Math.floor(this.context.device.limits.maxBufferSize / 4);
    const sizes = indices.map((index) => {
      const view = this.plan.views[index] as CanvasView, { width, height } = view.canvas;
      const pixelWords = isFloat(view) ? 3 : 1;
      return { index, width, height, pixelWords, words: width * height * pixelWords };
    });
    for (let first = 0, next = 0; first < sizes.length; first = next) {
      let total = 0;
      for (; next < sizes.length && (next === first || total + sizes[next].words <= held); next++) {
        total += sizes[next].words;
      }
      const buffer = this.#scratch(total);
      let end = 0;
      for (const { index, words, ...size } of sizes.slice(first, next)) {
        this.#canvases.set(index, { ...size, span: spanFrom(buffer, end, words) });
        end += words;
      }
    }
  }
}

/** Returns the range of an output's rows that views fill. */
function rowsFilledBy(views: readonly View[]): Range {
  const ranges = views.map(({ target }) => ({ from: target!.row, to: target!.row + target!.rows }));
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
}
