import { VitrailError } from "../errors.ts";
import { eachInSteps, mapInSteps } from "../runtime/in_steps.ts";
import { ownList, readerOf } from "../runtime/long_list.ts";
import { outputShapeOf } from "../layout/layout.ts";
import { countOf } from "../layout/shape.ts";
import { parsePattern } from "../layout/pattern.ts";
import type { ClipFrames } from "./clip_frames.ts";
import type { DerivedOutput } from "./derived.ts";
import type { Dtype } from "./dtype.ts";
import { type Size, sizeText } from "./geometry.ts";
import type { IntegerOutput } from "./integers.ts";
import { ComposedImages } from "./images/composed_images.ts";
import { type ImageFacts, withoutOutput } from "./images/image_facts.ts";
import { requireCanvas, requireText } from "./images/limits.ts";
import { canvasMatrix } from "./matrix.ts";
import { type OutputShape, PIXELS, type Plan } from "./plan.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { isRowOf, RowShapes } from "./images/row_shapes.ts";
import type { Resampler } from "./tables/resampler.ts";
import type { Normalisation } from "./tables/values.ts";
import type { BlankView, CanvasView, GlobalView, Mark, PixelSource, Target } from "./view.ts";

/** The marks of a canvas that has none, and the sizes of a pattern that leaves none open. */
const NO_MARKS: readonly Mark[] = Object.freeze([]), NO_SIZES = Object.freeze({});

/** Facts of a call that most calls do not have. */
export interface CallFacts {
  /** The origin of each sample's frames, where samples are clips and it is known. */
  clips?: readonly ClipFrames[];
  /** The way out where pictures do not become rows of one shape, for messages. */
  wayOut?: string;
  /** The resampler of placements that name none; Pillow's where absent. */
  resampler?: Resampler;
}

/**
 * Makes the plan of one call. A recipe appends the views of each picture, takes output rows for them, and
 * closes the image. Rows are handed out in order, so that they follow one another as the views do.
 */
export class Composer {
  readonly #images: ComposedImages;
  readonly #outputs: Record<string, OutputShape> = {};
  readonly #integers: Record<string, IntegerOutput> = {};
  readonly #derived: Record<string, DerivedOutput> = {};
  /** The rows of zeros that come before an output's first ones. */
  readonly #leading = new Map<string, number>();
  readonly #rowShapes = new RowShapes();
  readonly #pictureAt: (picture: number) => Size;

  /** Creates a composer of a call of `pictures`, `samples[i]` of them in sample `i`. */
  constructor(
    /** The upright sizes of all pictures. */
    readonly pictures: readonly Size[],
    /** The number of pictures of each sample. */
    readonly samples: readonly number[],
    /** The element type that the caller asked for; an output may keep another one. */
    readonly dtype: Dtype,
    /** True for a list of samples. Some processors take each picture of a flat list for a sample. */
    readonly nested: boolean,
    /** The facts that most calls do not have. */
    readonly facts: CallFacts = {},
  ) {
    this.#images = new ComposedImages(pictures.length);
    this.#pictureAt = readerOf(pictures);
  }

  /** Returns the number of rows that an output has so far. */
  rows(output: string): number {
    return this.#outputs[output]?.shape[0] ?? 0;
  }

  /** Returns an output's shape so far: its rows, and a row's own shape. */
  shapeOf(output: string): readonly number[] {
    return this.#outputs[output].shape;
  }

  /** The index that the next view will have. */
  get nextView(): number {
    return this.#images.nextView;
  }

  /**
   * Appends a canvas, which is cut into rows or read by later views, and returns its index.
   * @throws {VitrailError} `limit` for a canvas of more pixels than there may be.
   */
  canvas(view: Omit<CanvasView, "kind" | "marks"> & Partial<CanvasView>): number {
    requireCanvas(view.canvas, () => this.#pictureOf(view.placements[0].source));
    const { resampler } = this.facts;
    // `{ ...own, ... }` is quick in V8 where the spread comes first; a call may have a million views.
    const placements = resampler
      ? view.placements.map((own) => ({ ...own, resampler: own.resampler ?? resampler }))
      : view.placements;
    return this.#images.append({ ...view, marks: view.marks ?? NO_MARKS, placements, kind: "canvas" });
  }

  /** Appends a global view and returns its index. The canvas that it reads may be appended after it. */
  global(view: Omit<GlobalView, "kind">): number {
    return this.#images.append({ ...view, kind: "global" });
  }

  /** Appends rows of zeros to an output. One that has no rows yet gets them with its first ones. */
  blank(output: string, rows: number): void {
    const view = this.#zeros(output, rows);
    if (view) this.#images.append(view);
  }

  /**
   * Appends rows of zeros to an output, and their view to the image that was closed last. Before all images,
   * they are the first one's.
   */
  blankAfter(output: string, rows: number): void {
    if (this.#images.length === 0) return this.blank(output, rows);
    const view = this.#zeros(output, rows);
    if (view) this.#images.appendAfter(view);
  }

  /** Takes the next rows of an output for zeros; none for an output that has no rows yet. */
  #zeros(output: string, rows: number): BlankView | undefined {
    if (rows === 0) return undefined;
    const known = this.#outputs[output];
    if (known === undefined) {
      this.#leading.set(output, rows + (this.#leading.get(output) ?? 0));
      return undefined;
    }
    const row = known.shape[0];
    known.shape[0] += rows;
    return { kind: "blank", target: { output, row, rows } };
  }

  /**
   * Takes the next rows of an output for a canvas of this size, cut by `pattern`. An output's first rows give
   * it its element type `dtype`: the call's, unless the output keeps one of its own.
   * @param places the columns of the grid, where each row begins with its patch's place on it
   * @throws {VitrailError} `shape` where they are not shaped as the output's rows before them.
   */
  target(
    output: string,
    canvas: Size,
    pattern: string,
    sizes: Record<string, number> = NO_SIZES,
    dtype = this.dtype,
    places?: number,
  ): Target {
    const { rows, shape: rowShape } = this.#rowShapes.of(canvas, { pattern, sizes, places });
    const known = this.#outputs[output] ?? this.#begun(output, dtype, rowShape);
    const row = known.shape[0];
    if (!isRowOf(known.shape, rowShape)) {
      const knownShape = known.shape.slice(1), { wayOut } = this.facts;
      const image = `image ${this.#images.length + 1} of the call, on a canvas of ${sizeText(canvas)}`;
      throw new VitrailError(
        "shape",
        `${image}, becomes rows of [${rowShape}] in ${output}, and the one before it rows of ` +
          `[${knownShape}]${wayOut ? `; ${wayOut}` : ""}`,
      );
    }
    known.shape[0] += rows;
    return places ? { output, pattern, sizes, row, rows, places } : { output, pattern, sizes, row, rows };
  }

  /** Adds an output. The rows of zeros that come before its first ones are no image's. */
  #begun(output: string, dtype: Dtype, rowShape: readonly number[]): OutputShape {
    const known = this.#outputs[output] = { dtype, shape: [0, ...rowShape] };
    const leading = this.#leading.get(output) ?? 0;
    this.#images.count(output, known.shape, leading);
    this.blank(output, leading);
    this.#leading.delete(output);
    return known;
  }

  /** Gives an output a rule of its own by which bytes become its values. */
  valueAs(output: string, values: Normalisation): void {
    this.#outputs[output].values = values;
  }

  /** Gives an output the shape under which it is returned. */
  returnAs(output: string, shape: number[]): void {
    this.#outputs[output].as = shape;
  }

  /**
   * Groups an output's rows as Python returns them, `counts` in each group: one group a picture, for example.
   * Groups of equal length are returned as one tensor `[groups, rows, …]`, others as lists of rows.
   */
  returnEach(output: string, counts: readonly number[]): void {
    const grouping = this.returnEachInSteps(output, counts);
    while (!grouping.next().done);
  }

  /** Groups an output's rows as `returnEach` does, and yields where a slice may end: take it by `yield*`. */
  *returnEachInSteps(output: string, counts: readonly number[]): Generator<void, void, void> {
    let areEqual = true;
    yield* eachInSteps(counts, (count) => {
      areEqual &&= count === counts[0];
    });
    if (areEqual) this.returnGroups(output, counts.length, counts[0]);
    else this.#outputs[output].lists = yield* mapInSteps(counts, (count) => count);
  }

  /** Returns an output as one tensor `[groups, rows, …]`. */
  returnGroups(output: string, groups: number, rows: number): void {
    const known = this.#outputs[output];
    known.as = [groups, rows, ...known.shape.slice(1)];
  }

  /** Returns an output in the order of a pattern of its rows. It gets no more rows afterwards. */
  returnArranged(output: string, pattern: string): void {
    const known = this.#outputs[output];
    known.arranged = pattern;
    known.as = outputShapeOf(parsePattern(pattern), known.shape);
  }

  /**
   * Returns an output as a list of tensors of these shapes, where those differ. The output's rows are then
   * single elements.
   */
  returnApart(output: string, shapes: readonly number[][]): void {
    const listing = this.returnApartInSteps(output, shapes);
    while (!listing.next().done);
  }

  /** Returns an output as `returnApart` does, and yields where a slice may end: take it by `yield*`. */
  *returnApartInSteps(output: string, shapes: readonly number[][]): Generator<void, void, void> {
    const known = this.#outputs[output];
    known.lists = yield* mapInSteps(shapes, (shape) => countOf(shape));
    known.shapes = yield* mapInSteps(shapes, (shape) => [...shape]);
  }

  /** Adds an output of integers, which needs no pixels. */
  integers(name: string, output: IntegerOutput): void {
    this.#integers[name] = output;
  }

  /**
   * Adds an output that is computed from another's values.
   * @throws {VitrailError} `usage` where the call asks for values of another type than f32.
   */
  derive(name: string, output: DerivedOutput): void {
    if (this.dtype !== "f32") {
      throw new VitrailError(
        "usage",
        `${name} is computed from f32 values of ${output.of}, and ${this.dtype} was asked for; ask for f32`,
      );
    }
    this.#derived[name] = output;
  }

  /**
   * Closes an image. It has the views that were appended since the image before it was closed, and the rows
   * of its output that were taken since.
   * @throws {VitrailError} `limit` for an image of more tokens or patches than there may be.
   */
  image(given: ImageFacts): void {
    const { output = PIXELS } = given, facts = "output" in given ? withoutOutput(given) : given;
    requireText(facts);
    const { canvas, placements: [{ content, offset }] } = this.#canvasAt(facts.main);
    const toCanvas = canvasMatrix((view) => this.#canvasAt(view), facts.main);
    this.#images.close({ ...facts, content, canvas, offset, toCanvas }, output);
  }

  /**
   * Composes a picture of the call as one image. What its size alone decides is composed once: a picture of
   * the size of one before it in its group becomes an image like that one, further on.
   * @param picture the index of the only picture that `compose` reads
   * @param group any object, which stands for the pictures that are composed by their sizes in the same way
   * @param compose composes the image; its value is returned, for pictures of one size and group the same one
   * @throws {VitrailError} `usage` where `compose` closes no image, or several.
   */
  alike<T>(picture: number, group: object, compose: () => T): T {
    if (this.#leading.size > 0) return compose();
    return this.#images.alike(picture, this.#pictureAt(picture), group, compose);
  }

  #canvasAt(view: number): CanvasView {
    return this.#images.viewAt(view) as CanvasView;
  }

  /** The picture that a source shows, in part or as a whole. */
  #pictureOf(source: PixelSource): Size {
    if ("picture" in source) return this.pictures[source.picture];
    return this.#pictureOf(this.#canvasAt(source.view).placements[0].source);
  }

  /** Returns the plan; `pictures` is a copy of the call's. */
  finish<R extends Preprocessing>(recipe: R, pictures: Size[] = ownList(this.pictures)): Plan<R> {
    const { clips } = this.facts;
    return {
      recipe,
      pictures,
      samples: ownList(this.samples),
      nested: this.nested,
      ...(clips ? { clips } : {}),
      views: this.#images.views(),
      images: this.#images.images(),
      outputs: this.#outputs,
      integers: this.#integers,
      derived: this.#derived,
    };
  }
}
