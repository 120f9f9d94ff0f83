import { ELEMENT_BYTES } from "../plan/dtype.ts";
import type { Plan } from "../plan/plan.ts";
import type { StoredPicture } from "../plan/stored_picture.ts";
import { type BlankView, type CanvasView, type Target, targetLayout, type View } from "../plan/view.ts";
import type { Complaint } from "./device/error_scopes.ts";
import { Recorder } from "./device/recorder.ts";
import type { Turns } from "./device/submit_queue.ts";
import { params, u32 } from "./device/uniforms.ts";
import type { DeviceRows, GpuExecutor } from "./gpu_executor.ts";
import { recordCanvas, recordGlobal } from "./passes/canvas.ts";
import type { Slot } from "./passes/output_window.ts";
import { fillsWords, FORMAT, perWord } from "./passes/packed_elements.ts";
import type { Canvas } from "./passes/source_texture.ts";
import type { Tables } from "./passes/table_textures.ts";
import type { Scene } from "./passes/vertical_pass.ts";

/** The recording of some views of one plan. */
export class Job {
  readonly recorder: Recorder;
  readonly #outputs = new Map<string, DeviceRows>();
  readonly #floats = new Map<string, GPUBuffer>(); // of outputs whose words the kernels do not store themselves
  readonly #canvases = new Map<number, Canvas>();

  constructor(readonly executor: GpuExecutor, readonly tables: Tables, readonly plan: Plan) {
    this.recorder = new Recorder(executor.kernels, executor.memory, executor.memoryBytes / 2);
  }

  /** Records the views `from`..`to`, and gives the rows that they will make. */
  record(from: number, to: number, pictures: ReadonlyMap<number, StoredPicture>): DeviceRows[] {
    const { views } = this.plan;
    const read = readViews(this.plan, from, to);
    this.#reserve(from, to);
    for (let index = from; index < to; index++) {
      const view = views[index];
      if (view.kind !== "canvas") continue;
      const keep = read.has(index) ? this.#canvas(index) : undefined;
      const slot = view.target && this.#slot(view.target);
      const raw = view.target !== undefined && this.plan.outputs[view.target.output].dtype === "u8";
      recordCanvas(
        this.#scene(),
        { view, keep, slot, raw },
        ({ source }) => "view" in source ? this.#canvases.get(source.view)! : pictures.get(source.picture)!,
      );
    }
    for (let index = from; index < to; index++) {
      const view = views[index];
      if (view.kind === "global") {
        recordGlobal(this.#scene(), view, this.#canvases.get(view.view)!, this.#slot(view.target));
      } else if (view.kind === "blank") this.#clear(view.target);
    }
    for (const rows of this.#outputs.values()) this.#pack(rows);
    return [...this.#outputs.values()];
  }

  /** Submits what was recorded, when its turn comes; resolves then to the GPU's complaints. */
  async submit(turns: Turns): Promise<Complaint[]> {
    const complaints = await this.recorder.submit(turns);
    // Given back only now: a full pool destroys what it is given, and a submission may name no destroyed buffer.
    this.#giveScratch();
    return complaints;
  }

  /** Gives everything back where recording failed. */
  abandon(): void {
    this.recorder.abandon();
    this.#giveScratch();
    this.executor.release([...this.#outputs.values()]);
  }

  /** Gives back what no result needs. */
  #giveScratch(): void {
    for (const floats of this.#floats.values()) this.executor.memory.giveBuffer("storage", floats);
    for (const canvas of this.#canvases.values()) this.executor.memory.giveBuffer("storage", canvas.buffer);
  }

  #scene(): Scene {
    const { recorder, tables, executor, plan } = this;
    const area = Math.max(1 << 16, Math.floor(executor.memoryBytes / 16));
    return { recorder, tables, recipe: plan.recipe, area };
  }

  /** Finds each output's run of rows, and takes buffers for them. */
  #reserve(from: number, to: number): void {
    const { views, outputs } = this.plan;
    const runs = new Map<string, { from: number; to: number; views: View[] }>();
    for (const view of views.slice(from, to)) {
      const { target } = view;
      if (!target) continue;
      const run = runs.get(target.output) ?? { from: target.row, to: target.row, views: [] };
      run.from = Math.min(run.from, target.row);
      run.to = Math.max(run.to, target.row + target.rows);
      run.views.push(view);
      runs.set(target.output, run);
    }
    const { memory } = this.executor;
    for (const [output, run] of runs) {
      const { dtype, shape } = outputs[output];
      const row = shape.slice(1), elements = row.reduce((a, b) => a * b, 1);
      const own = [run.to - run.from, ...row], count = own[0] * elements;
      const bytes = count * ELEMENT_BYTES[dtype];
      const buffer = memory.takeBuffer("storage", bytes);
      this.#outputs.set(output, { output, dtype, row: run.from, shape: own, buffer, bytes });
      if (run.views.every((view) => storesWords(view, elements, perWord(dtype)))) continue;
      this.#floats.set(output, memory.takeBuffer("storage", count * 4));
    }
  }

  /** Zeros in rows that no picture fills. */
  #clear(target: BlankView["target"]): void {
    const { values, base, dtype } = this.#slot(target);
    const { shape } = this.#outputs.get(target.output)!;
    const count = shape.slice(1).reduce((a, b) => a * b, target.rows), width = ELEMENT_BYTES[dtype];
    this.recorder.command((encoder) => encoder.clearBuffer(values, base * width, count * width));
  }

  #slot({ output, row }: Pick<Target, "output" | "row">): Slot {
    const rows = this.#outputs.get(output)!;
    const stride = rows.shape.slice(1).reduce((a, b) => a * b, 1);
    const base = (row - rows.row) * stride, floats = this.#floats.get(output);
    return floats ? { values: floats, base, dtype: "f32" } : { values: rows.buffer, base, dtype: rows.dtype };
  }

  #canvas(index: number): Canvas {
    const { width, height } = (this.plan.views[index] as CanvasView).canvas;
    const stride = Math.ceil(width / 64) * 64;
    const canvas = {
      width,
      height,
      stride,
      buffer: this.executor.memory.takeBuffer("storage", stride * height * 4),
    };
    this.#canvases.set(index, canvas);
    return canvas;
  }

  /** Packs an output's floats into its dtype, where it has them. */
  #pack(rows: DeviceRows): void {
    const floats = this.#floats.get(rows.output);
    if (!floats) return;
    const count = rows.shape.reduce((a, b) => a * b, 1);
    const constants = { FORMAT: FORMAT[rows.dtype] };
    const step = Math.floor(this.executor.device.limits.maxStorageBufferBindingSize / 1024) * 256; // elements a binding
    for (let from = 0; from < count; from += step) {
      const own = Math.min(step, count - from), words = Math.ceil(own * ELEMENT_BYTES[rows.dtype] / 4);
      const width = Math.min(words, 1 << 16);
      const groups = [Math.ceil(width / 64), Math.ceil(words / width), 1] as const;
      const input = { buffer: floats, offset: from * 4, size: own * 4 };
      const output = { buffer: rows.buffer, offset: from * ELEMENT_BYTES[rows.dtype], size: words * 4 };
      this.recorder.dispatch("pack", constants, params(u32(own), u32(width)), [input, output], groups);
    }
  }
}

/**
 * Whether the kernel that makes a view can store its words, `per` elements each: none holds elements of another view, or of
 * another group of columns of its canvas. A row has so many `elements`.
 */
function storesWords(view: View, elements: number, per: number): boolean {
  if (elements % per !== 0) return false;
  switch (view.kind) {
    case "blank":
      return true;
    case "global":
      return view.canvas.width % per === 0;
    case "canvas":
      return fillsWords(targetLayout(view.canvas, view.target!), per);
  }
}

/** The views that other views read. */
function readViews(plan: Plan, from: number, to: number): Set<number> {
  const read = new Set<number>();
  for (const view of plan.views.slice(from, to)) {
    if (view.kind === "global") read.add(view.view);
    else if (view.kind === "canvas") {
      for (const { source } of view.placements) if ("view" in source) read.add(source.view);
    }
  }
  return read;
}
