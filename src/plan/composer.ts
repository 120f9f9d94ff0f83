import { VitrailError } from "../errors.ts";
import { outputShapeOf } from "../layout/layout.ts";
import { parsePattern } from "../layout/pattern.ts";
import type { Dtype } from "./dtype.ts";
import type { Size } from "./geometry.ts";
import type { IntegerOutput } from "./integers.ts";
import { canvasMatrix } from "./matrix.ts";
import { type OutputShape, PIXELS, type Plan, type PlannedImage } from "./plan.ts";
import type { Preprocessing } from "./preprocessing.ts";
import type { Resampler } from "./tables/resampler.ts";
import type { BlankView, CanvasView, GlobalView, Target, View } from "./view.ts";

/** What a recipe says of an image when it closes it; the rest follows from its views. */
export interface ImageFacts {
  /** The upright picture's size, or the sheet's. */
  size: Size;
  /** The canvas view that stands for it: the one that is cut into tiles. */
  main: number;
  grid: [rows: number, columns: number];
  tokens?: number;
  placeholder?: string;
  /** The output that its rows are rows of; `pixel_values` where absent. */
  output?: string;
}

/** Appends the views of one call's pictures, and hands out output rows in order. */
export class Composer {
  readonly #views: View[] = [];
  readonly #images: PlannedImage[] = [];
  readonly #outputs: Record<string, OutputShape> = {};
  readonly #integers: Record<string, IntegerOutput> = {};
  #viewsDone = 0;
  #rowsDone = 0;

  /** A composer for `pictures`, `samples[i]` of them in the i-th sample. */
  constructor(
    /** Upright sizes of all pictures. */
    readonly pictures: readonly Size[],
    /** How many pictures each sample has. */
    readonly samples: readonly number[],
    /** What the caller asked for; outputs may keep a type of their own. */
    readonly dtype: Dtype,
    /** Whether the call is a list of samples. A flat list is one sample, which some processors take for as many as it has pictures. */
    readonly nested: boolean,
  ) {}

  /** Rows that an output has so far. */
  rows(output: string): number {
    return this.#outputs[output]?.shape[0] ?? 0;
  }

  /** The index that the next view will have. */
  get nextView(): number {
    return this.#views.length;
  }

  /** Appends a canvas that is cut into rows, or read by later views; the result is its index. */
  canvas(view: Omit<CanvasView, "kind" | "marks"> & Partial<CanvasView>): number {
    return this.#views.push({ marks: [], ...view, kind: "canvas" }) - 1;
  }

  /** Appends a global view of a canvas view, which may be the next one. */
  global(view: Omit<GlobalView, "kind">): number {
    return this.#views.push({ ...view, kind: "global" }) - 1;
  }

  /** Appends rows of zeros to an output that has rows already. */
  blank(output: string, rows: number): void {
    if (rows === 0) return;
    const view: BlankView = { kind: "blank", target: { output, row: this.rows(output), rows } };
    this.#outputs[output].shape[0] += rows;
    this.#views.push(view);
  }

  /**
   * The next rows of an output for a canvas of this size, cut by `pattern`; `dtype` where the output keeps one of its own.
   * @throws {VitrailError} `shape` where they are not shaped as the output's rows before them.
   */
  target(
    output: string,
    canvas: Size,
    pattern: string,
    sizes: Record<string, number> = {},
    dtype = this.dtype,
  ): Target {
    const [rows, ...row] = outputShapeOf(parsePattern(pattern), [3, canvas.height, canvas.width], sizes);
    const known = this.#outputs[output] ??= { dtype, shape: [0, ...row] };
    if (known.shape.slice(1).join() !== row.join()) {
      throw new VitrailError(
        "shape",
        `layout "${pattern}" gives rows of [${row}] for this picture and [${
          known.shape.slice(1)
        }] for the one ` +
          `before it; pictures of different sizes need tiles ("c (h p) (w q) -> (h w) c p q") or uniform=first`,
      );
    }
    const target = { output, pattern, sizes, row: known.shape[0], rows };
    known.shape[0] += rows;
    return target;
  }

  /** Gives an output the shape under which it is returned. */
  returnAs(output: string, shape: number[]): void {
    this.#outputs[output].as = shape;
  }

  /** Returns an output by picture, `counts` rows each: as one tensor where all have as many, or as lists of rows. */
  returnEach(output: string, counts: readonly number[]): void {
    const known = this.#outputs[output];
    if (counts.every((count) => count === counts[0])) {
      known.as = [counts.length, counts[0], ...known.shape.slice(1)];
    } else known.lists = [...counts];
  }

  /** Adds an output that needs no pixels. */
  integers(name: string, output: IntegerOutput): void {
    this.#integers[name] = output;
  }

  /** Closes an image: it has every view and every row of its output since the one before it. */
  image({ output = PIXELS, ...facts }: ImageFacts): void {
    const { canvas, placements: [{ content, offset }] } = this.#views[facts.main] as CanvasView;
    const views: [number, number] = [this.#viewsDone, this.#views.length];
    const rows: [number, number] = [this.#rowsDone, this.rows(output)];
    const toCanvas = canvasMatrix(this.#views, facts.main);
    this.#images.push({ ...facts, content, canvas, offset, rows, toCanvas, views });
    [this.#viewsDone, this.#rowsDone] = [views[1], rows[1]];
  }

  /** Rows of zeros for the image closed last, which go with it. */
  blankAfter(output: string, rows: number): void {
    this.blank(output, rows);
    const last = this.#images[this.#images.length - 1];
    last.views[1] = this.#viewsDone = this.#views.length;
    this.#rowsDone = this.rows(PIXELS);
  }

  /** The plan. */
  finish<R extends Preprocessing>(recipe: R): Plan<R> {
    return {
      recipe,
      pictures: [...this.pictures],
      samples: [...this.samples],
      nested: this.nested,
      views: recipe.resampler ? this.#views.map((view) => resampledBy(recipe.resampler!, view)) : this.#views,
      images: this.#images,
      outputs: this.#outputs,
      integers: this.#integers,
    };
  }
}

/** A view whose placements are resampled by this resampler where they name none. */
function resampledBy(resampler: Resampler, view: View): View {
  if (view.kind !== "canvas") return view;
  return { ...view, placements: view.placements.map((placement) => ({ resampler, ...placement })) };
}
