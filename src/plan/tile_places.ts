import { mat3 } from "npm:wgpu-matrix@3.4.2";
import { VitrailError } from "../errors.ts";
import { type Box, overlapOf, type Size, sizeOf, wholeOf } from "./geometry.ts";
import { boxBefore, boxThrough, picturesShown, type ShownPicture } from "./matrix.ts";
import type { Plan } from "./plan.ts";
import { type CanvasView, type GlobalView, targetLayout } from "./view.ts";

/** A rectangle of a canvas that became a row of an output: a tile, a patch, a thumbnail, a frame of a clip. */
export interface TilePlace {
  /** The output's name, `pixel_values` for one. */
  output: string;
  /** The row of the output, all its axes before a row's own counted as one. */
  row: number;
  /** The view on whose canvas it lies, by its index among the plan's. */
  view: number;
  /** The rectangle, in pixels of that canvas. */
  box: Box;
  /** The picture that the canvas shows, by its index among the call's. */
  picture: number;
  /** The part of it that the rectangle shows, in its upright pixels; what else it maps to the rectangle is padding there. */
  part: Box;
  /** wgpu-matrix mat3 from the upright picture's pixels to the rectangle's, whose top left is 0, 0. */
  toTile: Float32Array;
}

/**
 * Where an image of a plan went, row by row: which rectangle of which canvas, and the matrix that carries points and boxes of the
 * picture into it. A canvas that shows several pictures (the joined frames of a clip) has its rectangles once for each, and frames
 * that share a row share it here; rows of zeros have none.
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
 * @throws {VitrailError} `usage` for an index that there is not.
 */
export function tilesOf(plan: Plan, image: number): TilePlace[] {
  const tiles: TilePlace[] = [], found = plan.images[image];
  if (!found) {
    const count = plan.images.length;
    throw new VitrailError("usage", `an image is a number from 0 to ${count - 1}, found ${image}`);
  }
  const [from, to] = found.views;
  for (let index = from; index < to; index++) {
    const view = plan.views[index];
    if (view.kind === "canvas") tiles.push(...canvasTiles(plan, index, view));
    else if (view.kind === "global") tiles.push(...globalTiles(plan, index, view));
  }
  return tiles.sort((a, b) => a.row - b.row);
}

/** What a tile shows of a box of its picture, in the tile's pixels; undefined where it shows nothing of it. */
export function boxIn({ part, toTile }: TilePlace, box: Box): Box | undefined {
  const seen = overlapOf(part, box);
  return seen.left < seen.right && seen.top < seen.bottom ? boxThrough(toTile, seen) : undefined;
}

function canvasTiles({ views }: Plan, index: number, { canvas, target }: CanvasView): TilePlace[] {
  if (!target) return [];
  const { outputShape, offsets: [channels, down, across], repeats } = targetLayout(canvas, target);
  const elements = outputShape.slice(1).reduce((a, b) => a * b, 1);
  const shown = picturesShown(views, index), tiles: TilePlace[] = [];
  for (const copy of stretchesOf(repeats, elements)) {
    for (const plane of stretchesOf(channels, elements)) {
      for (const y of stretchesOf(down, elements)) {
        for (const x of stretchesOf(across, elements)) {
          const row = target.row + copy.row + plane.row + y.row + x.row;
          const box = { left: x.from, top: y.from, right: x.to, bottom: y.to };
          tiles.push(...placesOf(shown, { output: target.output, row, view: index, box }));
        }
      }
    }
  }
  return tiles;
}

/** A stretch of an axis whose elements go to the same row. */
interface Stretch {
  row: number;
  from: number;
  to: number;
}

/** An axis's stretches. Every digit of an output index comes from one axis alone, so the rows of all axes add up. */
function stretchesOf(offsets: Iterable<number>, elements: number): Stretch[] {
  const stretches: Stretch[] = [];
  let at = 0;
  for (const offset of offsets) {
    const row = Math.floor(offset / elements), last = stretches.at(-1);
    if (last?.row === row) last.to = at + 1;
    else stretches.push({ row, from: at, to: at + 1 });
    at++;
  }
  return stretches;
}

function globalTiles({ views }: Plan, index: number, { view, canvas, target }: GlobalView): TilePlace[] {
  const read: Size = (views[view] as CanvasView).canvas;
  const shrunk = mat3.scaling([canvas.width / read.width, canvas.height / read.height]);
  const shown = picturesShown(views, view).map(({ toCanvas, ...rest }) => ({
    ...rest,
    toCanvas: mat3.multiply(shrunk, toCanvas) as Float32Array,
  }));
  return placesOf(shown, { output: target.output, row: target.row, view: index, box: wholeOf(canvas) });
}

function placesOf(
  shown: readonly ShownPicture[],
  place: Pick<TilePlace, "output" | "row" | "view" | "box">,
): TilePlace[] {
  const { box } = place, toBox = mat3.translation([-box.left, -box.top]);
  return shown.map(({ picture, part, toCanvas }) => {
    const toTile = mat3.multiply(toBox, toCanvas) as Float32Array;
    return { ...place, picture, part: overlapOf(part, boxBefore(toTile, wholeOf(sizeOf(box)))), toTile };
  });
}
