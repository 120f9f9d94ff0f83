import { countOf } from "../layout/shape.ts";
import { ELEMENT_BYTES } from "../plan/dtype.ts";
import { lengthOf, type Range } from "../plan/geometry.ts";
import { type Plan, valuesOf } from "../plan/plan.ts";
import type { Pictures } from "../plan/stored_picture.ts";
import type { Normalisation } from "../plan/tables/values.ts";
import { type BlankView, type CanvasView, type Target, targetLayout, type View } from "../plan/view.ts";
import type { GpuContext } from "./device/context.ts";
import type { Complaint } from "./device/error_scopes.ts";
import { Recorder } from "./device/recorder.ts";
import { type DeviceRows, releaseRows } from "./device_rows.ts";
import { fillsWords, perWord } from "./element_words.ts";
import { recordCanvas } from "./passes/canvas.ts";
import { recordFloats } from "./passes/float_pass.ts";
import { recordGlobal } from "./passes/global_pass.ts";
import type { OutputPlace } from "./passes/output_window.ts";
import { recordPack } from "./passes/pack_pass.ts";
import type { PassContext } from "./pass_context.ts";
import type { TableTextures } from "./passes/table_textures.ts";
import type { DeviceCanvas } from "./sources/source_texture.ts";

/** The step of a canvas's stride, in words: copies into textures take lines of multiples of 256 bytes. */
const STRIDE_STEP = 64;

/** The recording of some images of a plan: their views' passes, in one command buffer or several. */
export class ChunkRecording {
  /** The recorder of its commands. */
  readonly recorder: Recorder;
  readonly #outputs = new Map<string, DeviceRows>();
  readonly #floats = new Map<string, GPUBuffer>(); // of outputs whose words their views' kernels cannot store
  readonly #canvases = new Map<number, DeviceCanvas>(); // by view, of those that others read

  /** Creates an empty recording of `plan`. */
  constructor(readonly context: GpuContext, readonly tables: TableTextures, readonly plan: Plan) {
    this.recorder = new Recorder(context);
  }

  /** Records some views, and returns the rows that they will fill. */
  record({ from, to }: Range, pictures: Pictures): DeviceRows[] {
    const views = this.plan.views.slice(from, to), passes = this.#passContext();
    const read = viewsReadBy(views);
    this.#reserve(views);
    for (const [position, view] of views.entries()) {
      if (view.kind !== "canvas") continue;
      if (view.floats || view.standard) {
        const [{ source }] = view.placements, { picture } = source as { picture: number };
        const place = this.#place(view.target!), rule = valuesOf(this.plan, view.target!.output);
        recordFloats(passes, view, pictures.get(picture)!, place, rule);
        continue;
      }
      const index = from + position;
      const keep = read.has(index) ? this.#canvas(index) : undefined;
      const place = view.target && this.#place(view.target);
      recordCanvas(
        passes,
        { view, keep, place, values: view.target && this.#values(view.target.output) },
        ({ source }) => "view" in source ? this.#canvases.get(source.view)! : pictures.get(source.picture)!,
      );
    }
    for (const view of views) {
      if (view.kind === "global") {
        recordGlobal(
          passes,
          view,
          this.#canvases.get(view.view)!,
          this.#place(view.target),
          valuesOf(this.plan, view.target.output),
        );
      } else if (view.kind === "blank") this.#clear(view.target);
    }
    for (const { output, dtype, shape, buffer } of this.#outputs.values()) {
      const floats = this.#floats.get(output);
      if (floats) recordPack(this.recorder, dtype, floats, buffer, countOf(shape));
    }
    return [...this.#outputs.values()];
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
    for (const canvas of this.#canvases.values()) this.context.pool.giveBuffer("storage", canvas.buffer);
  }

  #passContext(): PassContext {
    const { recorder, tables, context } = this;
    const area = Math.max(1 << 16, Math.floor(context.memory / 16));
    return { recorder, tables, area };
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
      if (filling.every((view) => storesWords(view, elements, per))) continue;
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

  /** Takes a buffer for the canvas of a view that others read. */
  #canvas(index: number): DeviceCanvas {
    const { width, height } = (this.plan.views[index] as CanvasView).canvas;
    const stride = Math.ceil(width / STRIDE_STEP) * STRIDE_STEP;
    const buffer = this.context.pool.takeBuffer("storage", stride * height * 4);
    const canvas = { width, height, stride, buffer };
    this.#canvases.set(index, canvas);
    return canvas;
  }
}

/**
 * Returns whether the kernel that makes a view can store whole words of its output. It can where no word
 * holds elements of another view, or of another group of columns of its canvas.
 * @param elements elements of a row of the output
 * @param per elements of a word
 */
function storesWords(view: View, elements: number, per: number): boolean {
  if (elements % per !== 0) return false;
  switch (view.kind) {
    case "blank":
      return true;
    case "global":
      return view.canvas.width % per === 0;
    case "canvas":
      if (view.floats || view.standard) return per === 1;
      return fillsWords(targetLayout(view.canvas, view.target!), per);
  }
}

/** Returns the range of an output's rows that views fill. */
function rowsFilledBy(views: readonly View[]): Range {
  const ranges = views.map(({ target }) => ({ from: target!.row, to: target!.row + target!.rows }));
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
}

/** Returns the views that some views read, by their index in the plan. */
function viewsReadBy(views: readonly View[]): Set<number> {
  const read = new Set<number>();
  for (const view of views) {
    if (view.kind === "global") read.add(view.view);
    if (view.kind !== "canvas") continue;
    for (const { source } of view.placements) if ("view" in source) read.add(source.view);
  }
  return read;
}
