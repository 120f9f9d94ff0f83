import { shown, VitrailError } from "../errors.ts";
import { requireGiven } from "../given/given_value.ts";
import { countOf } from "../layout/shape.ts";
import { type Box, overlapOf, type Range, requireBox, type Size, sizeOf, wholeOf } from "./geometry.ts";
import {
  type Affine,
  boxBefore,
  boxThrough,
  multiplied,
  picturesShown,
  scaling,
  type ShownPicture,
  translation,
} from "./matrix.ts";
import { type Plan, requirePlan } from "./plan.ts";
import { type CanvasView, type GlobalView, targetLayout } from "./view.ts";

/** A rectangle of a canvas that becomes a row of an output: a tile, patch, thumbnail, or frame of a clip. */
export interface TilePlace {
  /** The output's name, `pixel_values` for one. */
  output: string;
  /**
   * The row of the output, whose leading axes count as one where it is returned with several. Where it is
   * returned as tensors of different shapes, it is the tensor's index.
   */
  row: number;
  /** The view on whose canvas the rectangle lies, by its index in the plan. */
  view: number;
  /** The rectangle, in pixels of that canvas. */
  box: Box;
  /** The picture that the canvas shows, by its index in the call. */
  picture: number;
  /**
   * The part of the picture that the rectangle shows, in upright pixels. The matrix may carry more of the
   * picture into the rectangle; padding is there instead.
   */
  part: Box;
  /** The matrix from the upright picture's pixels to the rectangle's, whose top left is 0, 0. */
  toTile: Affine;
}

/**
 * Returns the rectangles of canvases that became the rows of an image of a plan, each with the matrix that
 * carries points and boxes of the picture into it.
 *
 *     a canvas, cut by "c (h p) (w q) -> (h w) c p q"     its rows, from the target's first
 *     ┌───┬───┬───┐
 *     │ 0 │ 1 │ 2 │                                       row 0   row 1   row 2
 *     ├───┼───┼───┤
 *     │ 3 │ 4 │ 5 │                                       row 3   row 4   row 5
 *     └───┴───┴───┘
 *
 * A canvas may show several pictures: the joined frames of a clip. It then has each rectangle once for each
 * picture. Frames that share a row each give a rectangle of that row. Rows of zeros have none.
 *
 * ```ts
 * import { boxIn, ixc24khd, planSample, tilesOf } from "@vitrail/vitrail";
 * import { assertEquals } from "@std/assert";
 *
 * const plan = planSample(ixc24khd({ hdNum: 4 }), [{ width: 1344, height: 672 }]);
 * const [whole, left, right] = tilesOf(plan, 0); // on 672x336: a global view and two tiles
 * const face = { left: 800, top: 200, right: 1000, bottom: 400 };
 * assertEquals(boxIn(whole, face), { left: 200, top: 100, right: 250, bottom: 200 });
 * assertEquals(boxIn(left, face), undefined);
 * assertEquals(boxIn(right, face), { left: 64, top: 100, right: 164, bottom: 200 });
 * assertEquals([whole.row, left.row, right.row], [0, 1, 2]);
 * ```
 *
 * @param image the image's index in `plan.images`
 * @throws {VitrailError} `usage` for what is no plan, and for an index that no image has.
 */
export function tilesOf(plan: Plan, image: number): TilePlace[] {
  requirePlan(plan);
  const found = typeof image === "number" ? plan.images[image] : undefined;
  if (!found) {
    const count = plan.images.length;
    throw new VitrailError("usage", `an image is a number from 0 to ${count - 1}, found ${shown(image)}`);
  }
  const tiles: TilePlace[] = [];
  const [from, to] = found.views;
  for (let index = from; index < to; index++) {
    const view = plan.views[index];
    if (view.kind === "canvas") tiles.push(...canvasTiles(plan, index, view));
    else if (view.kind === "global") tiles.push(...globalTiles(plan, index, view));
  }
  return tiles.sort((a, b) => a.row - b.row);
}

/**
 * Returns the part of a picture's box that a tile shows, in the tile's pixels; undefined where none.
 * @throws {VitrailError} `usage` for what is no tile, or no box.
 */
export function boxIn(tile: TilePlace, box: Box): Box | undefined {
  requireGiven("boxIn: tile", tile, "an object", "tilesOf gives");
  const { part, toTile } = tile;
  requireBox("boxIn: a tile's part", part);
  requireBox("boxIn: box", box);
  const seen = overlapOf(part, box);
  return seen.left < seen.right && seen.top < seen.bottom ? boxThrough(toTile, seen) : undefined;
}

/** Returns a canvas view's rectangles: one for each row that it is cut into, and each picture on it. */
function canvasTiles({ views, outputs }: Plan, index: number, { canvas, target }: CanvasView): TilePlace[] {
  if (!target) return [];
  const { lists, shapes } = outputs[target.output];
  if (lists && shapes) {
    const place = { row: tensorAt(lists, target.row), view: index, box: wholeOf(canvas) };
    return placesOf(picturesShown(views, index), { output: target.output, ...place });
  }
  const { outputShape, offsets: [channels, down, across], repeats } = targetLayout(canvas, target);
  const elements = countOf(outputShape.slice(1));
  const shown = picturesShown(views, index), tiles: TilePlace[] = [];
  for (const copy of rowRangesOf(repeats, elements)) {
    for (const plane of rowRangesOf(channels, elements)) {
      for (const y of rowRangesOf(down, elements)) {
        for (const x of rowRangesOf(across, elements)) {
          const row = target.row + copy.row + plane.row + y.row + x.row;
          const box = { left: x.from, top: y.from, right: x.to, bottom: y.to };
          tiles.push(...placesOf(shown, { output: target.output, row, view: index, box }));
        }
      }
    }
  }
  return tiles;
}

/** Returns the index of the tensor whose first element is `from`, among tensors of these lengths. */
function tensorAt(lengths: readonly number[], from: number): number {
  let index = 0;
  for (let start = 0; start < from; index++) start += lengths[index];
  return index;
}

/** The range of an axis's indices whose elements go to one row. */
interface RowRange extends Range {
  /** The row, by this axis alone. */
  row: number;
}

/**
 * Returns the ranges of an axis by row, from the axis's output offsets; a row has `elements`. Every digit of
 * an output index comes from one axis alone, so the row of an element is the sum of its axes' rows.
 */
function rowRangesOf(offsets: Iterable<number>, elements: number): RowRange[] {
  const ranges: RowRange[] = [];
  let at = 0;
  for (const offset of offsets) {
    const row = Math.floor(offset / elements), last = ranges.at(-1);
    if (last?.row === row) last.to = at + 1;
    else ranges.push({ row, from: at, to: at + 1 });
    at++;
  }
  return ranges;
}

/** Returns a global view's one rectangle, once for each picture on the canvas that it reads. */
function globalTiles({ views }: Plan, index: number, { view, canvas, target }: GlobalView): TilePlace[] {
  const read: Size = (views[view] as CanvasView).canvas;
  const shrunk = scaling(canvas.width / read.width, canvas.height / read.height);
  const shown = picturesShown(views, view).map(({ toCanvas, ...rest }) => ({
    ...rest,
    toCanvas: multiplied(shrunk, toCanvas),
  }));
  return placesOf(shown, { output: target.output, row: target.row, view: index, box: wholeOf(canvas) });
}

/** Returns a rectangle once for each picture that its canvas shows. */
function placesOf(
  shown: readonly ShownPicture[],
  place: Pick<TilePlace, "output" | "row" | "view" | "box">,
): TilePlace[] {
  const { box } = place, toBox = translation(-box.left, -box.top);
  return shown.map(({ picture, part, toCanvas }) => {
    const toTile = multiplied(toBox, toCanvas);
    return { ...place, picture, part: overlapOf(part, boxBefore(toTile, wholeOf(sizeOf(box)))), toTile };
  });
}
