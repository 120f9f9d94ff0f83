import { countOf } from "../layout/shape.ts";
import { ELEMENT_BYTES } from "../plan/dtype.ts";
import { lengthOf, type Range } from "../plan/geometry.ts";
import { type Plan, valuesOf } from "../plan/plan.ts";
import { type Pictures, uprightSize } from "../plan/stored_picture.ts";
import { standardTable } from "../plan/tables/standard.ts";
import { floatSteps, type Normalisation } from "../plan/tables/values.ts";
import type { BlankView, CanvasView, GlobalView, Placement, Target, View } from "../plan/view.ts";
import { byteSums, uprightPixels } from "./byte_sums.ts";
import type { GpuContext } from "./device/context.ts";
import type { Complaint } from "./device/error_scopes.ts";
import { Recorder } from "./device/recorder.ts";
import type { DeviceCanvas } from "./device_canvas.ts";
import { type DeviceRows, releaseRows } from "./device_rows.ts";
import { Drawing } from "./drawing.ts";
import { FORMAT, perWord } from "./element_words.ts";
import { GLOBAL, globalJobs } from "./passes/global_pass.ts";
import { mostBound, recordJobs } from "./passes/jobs.ts";
import { recordPack } from "./passes/pack_pass.ts";
import { type Origin, valuesTable } from "./passes/placement_blocks.ts";
import {
  FLOAT_STORE,
  floatStoreJobs,
  isFloat,
  type OutputPlace,
  STORE,
  storeJobs,
  storesWords,
} from "./passes/store_pass.ts";

/**
 * The recording of some images of a plan, in one command buffer or several. All canvases are drawn, then
 * their rows are stored: each pass takes the pictures of all images in a dispatch, by a table of jobs.
 *
 *     pictures ──horizontal──▶ lines ──vertical──▶ canvases ──store──▶ rows
 *                                     fill ─────▶     └─────global──▶ rows
 */
export class ChunkRecording {
  /** The recorder of its commands. */
  readonly recorder: Recorder;
  /** Words that a binding holds, wherever they begin. */
  readonly #most: number;
  readonly #outputs = new Map<string, DeviceRows>();
  readonly #floats = new Map<string, GPUBuffer>(); // of outputs whose words their views' kernels cannot store
  readonly #canvases = new Map<number, DeviceCanvas>(); // by view
  readonly #buffers: GPUBuffer[] = []; // of canvases

  /** Creates an empty recording of `plan`. */
  constructor(readonly context: GpuContext, readonly plan: Plan) {
    this.recorder = new Recorder(context);
    this.#most = mostBound(context.device.limits);
  }

  /** Records some views, and returns the rows that they will fill. */
  record({ from, to }: Range, pictures: Pictures): DeviceRows[] {
    const views = this.plan.views.slice(from, to), { tables } = this.context, { recorder } = this;
    tables.begin();
    this.#reserve(views);
    this.#placeCanvases(views, from);
    const drawing = new Drawing(tables, this.#most);
    for (const [position, view] of views.entries()) {
      if (view.kind === "canvas") this.#draw(drawing, view, this.#canvases.get(from + position)!, pictures);
    }
    const stores = views.map((view, position) => {
      return view.kind === "canvas" && view.target ? this.#storesOf(view, from + position) : undefined;
    });
    const globals = views.filter((view) => view.kind === "global");
    const shrunk = globals.map((view) => this.#globalsOf(view));
    const texture = recorder.tables(), { memory, device } = this.context;
    drawing.record(recorder, texture, Math.floor(Math.min(device.limits.maxBufferSize, memory / 4) / 4));
    recordJobs(recorder, STORE, stores.flatMap((own) => own?.bytes ?? []), texture);
    const fuses = { FUSES: recorder.fuses };
    recordJobs(recorder, FLOAT_STORE, stores.flatMap((own) => own?.floats ?? []), texture, fuses);
    for (const [dtype, own] of Map.groupBy(shrunk, ({ dtype }) => dtype)) {
      const constants = { FORMAT: FORMAT[dtype], ...fuses };
      recordJobs(recorder, GLOBAL, own.flatMap(({ jobs }) => jobs), texture, constants);
    }
    for (const view of views) if (view.kind === "blank") this.#clear(view.target);
    for (const { output, dtype, shape, buffer } of this.#outputs.values()) {
      const floats = this.#floats.get(output);
      if (floats) recordPack(recorder, dtype, floats, buffer, countOf(shape));
    }
    return [...this.#outputs.values()];
  }

  /** Draws a canvas view. */
  #draw(drawing: Drawing, view: CanvasView, canvas: DeviceCanvas, pictures: Pictures): void {
    const originOf = ({ source }: Placement): Origin =>
      "view" in source ? this.#canvases.get(source.view)! : pictures.get(source.picture)!;
    drawing.add(view, canvas, originOf, (placement) => {
      if (isFloat(view)) return this.#floatValues(view, pictures);
      return placement.resampler === "torch-cuda" ? valuesTable(drawing.tables) : undefined;
    });
  }

  /** Returns the table of the values that the bytes of a canvas of floats have before they are resampled. */
  #floatValues({ standard, placements: [{ source }], target }: CanvasView, pictures: Pictures): number {
    const { tables } = this.context;
    if (standard) {
      const picture = pictures.get((source as { picture: number }).picture)!;
      const pixels = uprightPixels(picture, uprightSize(picture, picture.orientation));
      return valuesTable(tables, standardTable(standard, byteSums(pixels, standard)));
    }
    const { factor } = floatSteps(valuesOf(this.plan, target!.output));
    return tables.place(
      `factor ${factor}`,
      () => Float32Array.from({ length: 256 }, (_, byte) => byte * factor),
    );
  }

  /** Returns the jobs that store a view's rows, of bytes or of floats. */
  #storesOf(view: CanvasView, index: number) {
    const { tables } = this.context, canvas = this.#canvases.get(index)!, { output } = view.target!;
    const place = this.#place(view.target!), most = this.#most;
    return isFloat(view)
      ? { floats: floatStoreJobs(tables, view, canvas, place, valuesOf(this.plan, output), most) }
      : { bytes: storeJobs(tables, view, canvas, place, this.#values(output), most) };
  }

  #globalsOf(view: GlobalView) {
    const canvas = this.#canvases.get(view.view)!, place = this.#place(view.target);
    const rule = valuesOf(this.plan, view.target.output);
    const jobs = globalJobs(this.context.tables, view, canvas, place, rule, this.#most);
    return { dtype: place.dtype, jobs };
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
    for (const floats of this.#floats.values()) this.context.pool.giveBuffer("storage", floats);
    for (const buffer of this.#buffers) this.context.pool.giveBuffer("storage", buffer);
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
        if (view.kind === "global") return view.canvas.width % per === 0;
        const base = (view.target!.row - rows.from) * elements;
        return view.kind === "blank" || storesWords(view, base, dtype, this.#most);
      };
      if (filling.every(isStored)) continue;
      this.#floats.set(output, pool.takeBuffer("storage", count * 4));
    }
  }

  /** Records zeros in rows that no picture fills. */
  #clear(target: BlankView["target"]): void {
    const { values, base, dtype } = this.#place(target);
    const { shape } = this.#outputs.get(target.output)!;
    const count = target.rows * countOf(shape.slice(1)), width = ELEMENT_BYTES[dtype];
    this.recorder.command((encoder) => encoder.clearBuffer(values, base * width, count * width));
  }

  /** Returns where the rows of an output from `row` on lie: among its floats, where it has some. */
  #place({ output, row }: Pick<Target, "output" | "row">): OutputPlace {
    const rows = this.#outputs.get(output)!;
    const stride = countOf(rows.shape.slice(1));
    const base = (row - rows.row) * stride, floats = this.#floats.get(output);
    return floats ? { values: floats, base, dtype: "f32" } : { values: rows.buffer, base, dtype: rows.dtype };
  }

  /** Returns the rule by which bytes become an output's values; undefined where it holds the bytes. */
  #values(output: string): Normalisation | undefined {
    return this.plan.outputs[output].dtype === "u8" ? undefined : valuesOf(this.plan, output);
  }

  /**
   * Gives each canvas view its place: canvases lie side by side, those that read others apart from those,
   * since no dispatch both reads and writes a buffer.
   */
  #placeCanvases(views: readonly View[], from: number): void {
    const depths = new Map<number, number>(), byDepth = new Map<number, number[]>();
    for (const [position, view] of views.entries()) {
      if (view.kind !== "canvas") continue;
      const read = view.placements.map(({ source }) => "view" in source ? depths.get(source.view)! : -1);
      const depth = Math.max(-1, ...read) + 1;
      depths.set(from + position, depth);
      byDepth.set(depth, [...byDepth.get(depth) ?? [], from + position]);
    }
    for (const indices of byDepth.values()) this.#sideBySide(indices);
  }

  /** Places canvases in as few buffers as there can be. */
  #sideBySide(indices: readonly number[]): void {
    const most = Math.floor(this.context.device.limits.maxBufferSize / 4);
    const sizes = indices.map((index) => {
      const view = this.plan.views[index] as CanvasView, { width, height } = view.canvas;
      const pixelWords = isFloat(view) ? 3 : 1;
      return { index, width, height, pixelWords, words: width * height * pixelWords };
    });
    for (let first = 0, next = 0; first < sizes.length; first = next) {
      let total = 0;
      for (; next < sizes.length && (next === first || total + sizes[next].words <= most); next++) {
        total += sizes[next].words;
      }
      const buffer = this.context.pool.takeBuffer("storage", total * 4);
      this.#buffers.push(buffer);
      let end = 0;
      for (const { index, words, ...size } of sizes.slice(first, next)) {
        this.#canvases.set(index, { ...size, span: { buffer, from: end, to: end += words } });
      }
    }
  }
}

/** Returns the range of an output's rows that views fill. */
function rowsFilledBy(views: readonly View[]): Range {
  const ranges = views.map(({ target }) => ({ from: target!.row, to: target!.row + target!.rows }));
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
}
