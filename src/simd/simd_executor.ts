import type { Layout } from "../layout/layout.ts";
import { countOf } from "../layout/shape.ts";
import { type Dtype, ELEMENT_BYTES, type Elements } from "../plan/dtype.ts";
import type { Range } from "../plan/geometry.ts";
import type { OutputRows } from "../plan/output_rows.ts";
import { type Plan, valuesOf } from "../plan/plan.ts";
import type { Pictures, StoredPicture } from "../plan/stored_picture.ts";
import { type FloatSteps, floatSteps, type Normalisation, valueTable } from "../plan/tables/values.ts";
import {
  type CanvasView,
  fillValues,
  type GlobalView,
  type Placement,
  targetLayout,
  type View,
} from "../plan/view.ts";
import { Arena } from "./arena.ts";
import { makeCanvas, makeFloatCanvas } from "./make_canvas.ts";
import {
  asElements,
  type ByteElements,
  byteElements,
  elementsIn,
  type StoredElements,
} from "./element_tables.ts";
import { instantiateKernels, type Kernels } from "./wasm_kernels.ts";
import { rearrangeElements } from "./rearrange_elements.ts";
import type { Origin, SimdCanvas } from "./source_lines.ts";
import { standardValues, storeStandard } from "./standard_values.ts";
import { storeAround, storeCanvas, storePlanes } from "./store.ts";

/** The most memory that a WebAssembly module can have, bytes. */
const MOST_MEMORY = 2 ** 32 - 2 ** 16;

/** Rows of one output of one image, whose canvases lie in the arena until the rows are read or released. */
export interface SimdRows extends OutputRows {
  readonly plan: Plan;
  /** The image's views that fill these rows. */
  readonly views: readonly View[];
  /** Every canvas of the image; all rows of an image share them. */
  readonly canvases: ImageCanvases;
}

/** The canvases of an image, by their views' indices in the plan, and how many rows still want them. */
interface ImageCanvases {
  readonly byView: ReadonlyMap<number, SimdCanvas>;
  readonly indexOf: ReadonlyMap<View, number>;
  users: number;
}

/** Runs plans in WebAssembly: one instance, one memory, on the thread that calls it. */
export class SimdExecutor {
  readonly #kernels: Kernels = instantiateKernels();
  readonly #arena: Arena;
  readonly #tables = new Map<string, ByteElements>();

  /** An executor whose memory grows to `memory` bytes at most, or to what WebAssembly has. */
  constructor(memory = MOST_MEMORY) {
    this.#arena = new Arena(this.#kernels.memory, Math.min(memory, MOST_MEMORY));
  }

  /** Makes the canvases of some images of a plan. Their rows are stored when they are read. */
  run(plan: Plan, { from, to }: Range, pictures: Pictures): SimdRows[] {
    const rows: SimdRows[] = [];
    try {
      for (let image = from; image < to; image++) rows.push(...this.#image(plan, image, pictures));
      return rows;
    } catch (error) {
      this.release(rows);
      throw error;
    }
  }

  #image(plan: Plan, image: number, pictures: Pictures): SimdRows[] {
    const [from, to] = plan.images[image].views;
    const views = plan.views.slice(from, to), byView = new Map<number, SimdCanvas>();
    try {
      for (const [position, view] of views.entries()) {
        if (view.kind !== "canvas") continue;
        const originOf = ({ source }: Placement) =>
          "view" in source ? byView.get(source.view)! : pictures.get(source.picture)!;
        byView.set(from + position, this.#canvas(plan, view, originOf));
      }
    } catch (error) {
      for (const { address } of byView.values()) this.#arena.give(address);
      throw error;
    }
    const filled = Map.groupBy(views.filter(({ target }) => target), ({ target }) => target!.output);
    const indexOf = new Map(views.map((view, position) => [view, from + position]));
    const canvases = { byView, indexOf, users: filled.size };
    return Array.from(filled, ([output, own]) => rowsOf(plan, output, own, canvases));
  }

  #canvas(plan: Plan, view: CanvasView, originOf: (placement: Placement) => Origin): SimdCanvas {
    if (!view.floats && !view.standard) return makeCanvas(this.#kernels, this.#arena, view, originOf);
    const origin = originOf(view.placements[0]);
    const values = view.standard
      ? standardValues(origin as StoredPicture, view.standard)
      : floatSteps(valuesOf(plan, view.target!.output)).factor;
    return makeFloatCanvas(this.#kernels, this.#arena, view, values, origin);
  }

  /** Stores rows in the CPU memory that `into` gives for each. */
  read(rows: readonly SimdRows[], into: (rows: SimdRows) => Uint8Array): void {
    for (const own of rows) this.#store(own, elementsIn(into(own), own.dtype));
  }

  #store(rows: SimdRows, output: StoredElements): void {
    const rowLength = countOf(rows.shape.slice(1));
    for (const view of rows.views) {
      const base = (view.target!.row - rows.row) * rowLength;
      if (view.kind === "blank") output.fill(0, base, base + view.target.rows * rowLength);
      else if (view.kind === "global") this.#storeGlobal(rows, view, output, base);
      else this.#storeCanvas(rows, view, output, base);
    }
  }

  #storeCanvas(
    { plan, output: name, dtype, canvases }: SimdRows,
    view: CanvasView,
    output: StoredElements,
    base: number,
  ): void {
    const layout = targetLayout(view.canvas, view.target!);
    const canvas = canvases.byView.get(canvases.indexOf.get(view)!)!;
    if (view.standard) {
      const { address, width, height } = canvas;
      const floats = asElements(
        new Float32Array(this.#arena.bytes.buffer, address, 4 * width * height),
        dtype,
      );
      const numbers = asElements(new Float32Array(view.target!.rows + 1).map((_, i) => i), dtype);
      storeStandard(floats, layout, view.target!, numbers, output, base);
      return;
    }
    if (view.floats) {
      const planes = this.#floatPlanes(canvas, floatSteps(valuesOf(plan, name)));
      storePlanes(asElements(planes.values, dtype), layout, output, base);
      this.#arena.give(planes.address);
      return;
    }
    const elements = this.#elements(valuesOf(plan, name), dtype);
    storeCanvas(this.#kernels, this.#arena, canvas, layout, output, base, elements);
    const around = fillValues(view.fill);
    if (around) storeAround(view, layout, output, base, asElements(Float32Array.from(around), dtype));
  }

  #storeGlobal(
    { plan, output: name, dtype, canvases }: SimdRows,
    view: GlobalView,
    output: StoredElements,
    base: number,
  ): void {
    const { width, height } = view.canvas, count = 3 * width * height;
    const canvas = canvases.byView.get(view.view)!, arena = this.#arena;
    const planes = arena.take(count * 4), table = arena.take(3 * 256 * 4);
    new Float32Array(arena.bytes.buffer, table, 3 * 256).set(valueTable(valuesOf(plan, name)));
    const { address, stride } = canvas;
    const fuse = view.fused ?? false;
    this.#kernels.globalView(
      address,
      stride,
      canvas.width,
      canvas.height,
      table,
      planes,
      width,
      height,
      fuse,
    );
    const values = new Float32Array(arena.bytes.buffer, planes, count);
    storePlanes(asElements(values, dtype), targetLayout(view.canvas, view.target), output, base);
    arena.give(planes);
    arena.give(table);
  }

  /** Makes normalised planes `[3, height, width]` of a canvas of floats, in the arena. */
  #floatPlanes({ address, stride, width, height }: SimdCanvas, { mean, std }: FloatSteps) {
    const arena = this.#arena, count = 3 * width * height;
    const planes = arena.take(count * 4), steps = arena.take(8 * 4);
    new Float32Array(arena.bytes.buffer, steps, 8).set([...mean, 0, ...std, 1]);
    this.#kernels.planes(address, stride, height, width, steps, planes);
    arena.give(steps);
    return { address: planes, values: new Float32Array(arena.bytes.buffer, planes, count) };
  }

  /** The elements of bytes, made once for each way of normalising and each dtype. */
  #elements(values: Normalisation, dtype: Dtype): ByteElements {
    const key = `${dtype} ${JSON.stringify(values)}`;
    const known = this.#tables.get(key) ?? byteElements(values, dtype);
    if (this.#tables.size > 64) this.#tables.clear();
    this.#tables.set(key, known);
    return known;
  }

  /** Gives the canvases back that only these rows wanted. */
  release(rows: readonly SimdRows[]): void {
    for (const { canvases } of rows) {
      if (--canvases.users > 0) continue;
      for (const { address } of canvases.byView.values()) this.#arena.give(address);
    }
  }

  /** Moves elements into the order of a layout's output. */
  rearrange(elements: Elements, layout: Layout): Elements {
    return rearrangeElements(elements, layout);
  }
}

/** The rows that some views of an image fill of one output. */
function rowsOf(plan: Plan, output: string, views: readonly View[], canvases: ImageCanvases): SimdRows {
  const { dtype, shape: [, ...rowShape] } = plan.outputs[output];
  const row = Math.min(...views.map(({ target }) => target!.row));
  const end = Math.max(...views.map(({ target }) => target!.row + target!.rows));
  const shape = [end - row, ...rowShape];
  return { output, dtype, row, shape, bytes: countOf(shape) * ELEMENT_BYTES[dtype], plan, views, canvases };
}
