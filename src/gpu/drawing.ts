import { VitrailError } from "../errors.ts";
import { type Box, overlapOf, type Size, wholeOf } from "../plan/geometry.ts";
import { visibleOf } from "../plan/tables/placement_taps.ts";
import type { CanvasView, Placement } from "../plan/view.ts";
import type { Recorder } from "./device/recorder.ts";
import type { Tables } from "./device/tables.ts";
import type { DeviceCanvas } from "./device_canvas.ts";
import { CELLS, cellsJobs } from "./passes/cells_pass.ts";
import { around, colorWord, FILL, fillJobs, fillWord } from "./passes/fill_pass.ts";
import { type Job, recordJobs } from "./passes/jobs.ts";
import { type Block, type FloatSums, type Origin, placementBlocks } from "./passes/placement_blocks.ts";
import { recordBlocks } from "./passes/resample_pass.ts";
import { Uploads } from "./passes/uploads.ts";

/** Parts of canvases of which none reads or covers another: each pass makes all of them at once. */
interface Level {
  fills: Job<typeof FILL>[];
  blocks: Block[];
  cells: Job<typeof CELLS>[];
}

/** A part of a canvas, and the number of its level. */
interface Drawn {
  box: Box;
  level: number;
}

/**
 * The parts of canvases, in levels: a part that reads a canvas, or covers another part, comes after that. A
 * batch of pictures on a canvas each has one level.
 */
export class Drawing {
  readonly #levels: Level[] = [];
  readonly #drawn = new Map<DeviceCanvas, Drawn[]>();
  readonly #uploads = new Uploads();

  /** Creates a drawing without anything on it. A binding holds `mostBound` words. */
  constructor(readonly tables: Tables, readonly mostBound: number) {}

  /**
   * Draws a view's fill, placements and marks on its canvas.
   * @param originOf gives the pixels that a placement reads
   * @param sumsOf gives what a placement sums floats with, where it does
   * @throws {VitrailError} `limit` where one output pixel weighs more than a binding holds; `recipe` where a
   * canvas of floats has marks.
   */
  add(
    view: CanvasView,
    canvas: DeviceCanvas,
    originOf: (placement: Placement) => Origin,
    sumsOf: (placement: Placement) => FloatSums | undefined,
  ): void {
    const { placements, marks, fill } = view, whole = wholeOf(canvas), [first] = placements;
    if (first?.cell) {
      const source = originOf(first) as DeviceCanvas;
      const level = this.#at(canvas, whole, this.#readyOf(source));
      level.cells.push(...cellsJobs(source, first.cell, canvas, this.mostBound));
      return;
    }
    const lone = placements.length === 1 ? boxOf(first, canvas) : undefined;
    const filled = lone && isSome(lone) ? around(lone, whole).filter(isSome) : [whole];
    const sums = placements.map(sumsOf), pixel = sums[0]?.black ?? [fillWord(fill)];
    for (const box of filled) this.#fill(canvas, box, pixel);
    for (const [i, placement] of placements.entries()) {
      const box = boxOf(placement, canvas), origin = originOf(placement);
      if (!isSome(box)) continue;
      const level = this.#at(canvas, box, "span" in origin ? this.#readyOf(origin) : -1);
      const { tables, mostBound } = this, context = { tables, uploads: this.#uploads, mostBound };
      level.blocks.push(...placementBlocks(context, placement, origin, canvas, sums[i]));
    }
    // A mark is a word, and a pixel of floats three: such a canvas has none.
    if (marks.length > 0 && canvas.pixelWords !== 1) {
      throw new VitrailError("recipe", `a canvas of floats has ${marks.length} marks; it can have none`);
    }
    for (const { box, color } of marks) this.#fill(canvas, overlapOf(box, whole), [colorWord(color)]);
  }

  #fill(canvas: DeviceCanvas, box: Box, pixel: ArrayLike<number>): void {
    if (isSome(box)) this.#at(canvas, box, -1).fills.push(...fillJobs(canvas, box, pixel, this.mostBound));
  }

  /** Returns the first level after another one in which a box of a canvas may be drawn, and notes it. */
  #at(canvas: DeviceCanvas, box: Box, after: number): Level {
    const drawn = this.#drawn.get(canvas) ?? [];
    this.#drawn.set(canvas, drawn);
    const covered = drawn.filter((other) => isSome(overlapOf(other.box, box)));
    const level = Math.max(after, ...covered.map(({ level }) => level)) + 1;
    drawn.push({ box, level });
    while (this.#levels.length <= level) this.#levels.push({ fills: [], blocks: [], cells: [] });
    return this.#levels[level];
  }

  /** Returns the level that finishes a canvas. */
  #readyOf(canvas: DeviceCanvas): number {
    return Math.max(-1, ...(this.#drawn.get(canvas) ?? []).map(({ level }) => level));
  }

  /**
   * Records all of it.
   * @param tables the texture of tables
   * @param mostUploaded words of pictures that go up together
   */
  record(recorder: Recorder, tables: GPUTexture, mostUploaded: number): void {
    for (const { fills, blocks, cells } of this.#levels) {
      recordJobs(recorder, FILL, fills);
      recordBlocks(recorder, blocks, tables, mostUploaded);
      recordJobs(recorder, CELLS, cells);
    }
  }
}

/** Returns the part of a canvas that a placement covers. */
function boxOf(placement: Placement, canvas: Size): Box {
  const { left, top, right, bottom } = visibleOf(placement, canvas), { x, y } = placement.offset;
  return { left: left + x, top: top + y, right: right + x, bottom: bottom + y };
}

/** Tells whether a box holds any pixel. */
function isSome({ left, top, right, bottom }: Box): boolean {
  return left < right && top < bottom;
}
