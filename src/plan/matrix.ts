import { requireGiven } from "../given/given_value.ts";
import { type Box, overlapOf, requireBox, wholeOf } from "./geometry.ts";
import type { CanvasView, Placement, View } from "./view.ts";

/**
 * A matrix that carries points of one plane to another: three columns of four numbers, the fourth unused, as
 * WGSL holds a `mat3x3f`. A plan's matrices scale and move, and do nothing else:
 *
 *     x'     m[0]   0   m[8]     x
 *     y'  =   0   m[5]  m[9]  ·  y
 *     1       0     0     1      1
 */
export type Affine = Float32Array;

/** Returns the matrix that scales by two numbers, and then moves by two others. */
function affine(scaleX: number, scaleY: number, moveX: number, moveY: number): Affine {
  return Float32Array.of(scaleX, 0, 0, 0, 0, scaleY, 0, 0, moveX, moveY, 1, 0);
}

/** Returns the matrix that moves by `x` and `y`. */
export function translation(x: number, y: number): Affine {
  return affine(1, 1, x, y);
}

/** Returns the matrix that scales by `x` and `y`. */
export function scaling(x: number, y: number): Affine {
  return affine(x, y, 0, 0);
}

/** Returns the matrix that does what `first` does, and then what `then` does. */
export function multiplied(then: Affine, first: Affine): Affine {
  const x = then[0] * first[8] + then[8], y = then[5] * first[9] + then[9];
  return affine(then[0] * first[0], then[5] * first[5], x, y);
}

/** A picture that a canvas shows. */
export interface ShownPicture {
  /** The picture, by its index among the call's. */
  picture: number;
  /** The part of it that the canvas shows, in its upright pixels. */
  part: Box;
  /** The matrix from its upright pixels to the canvas's. */
  toCanvas: Affine;
}

/** Returns the matrix from the pixels of a placement's source to the canvas's. */
function placementMatrix({ crop, content, offset }: Placement): Affine {
  const x = content.width / (crop.right - crop.left), y = content.height / (crop.bottom - crop.top);
  const matrix = affine(x, y, offset.x, offset.y);
  matrix[8] -= matrix[0] * crop.left; // the crop as it is, unrounded
  matrix[9] -= matrix[5] * crop.top;
  return matrix;
}

/**
 * Returns the matrix from the upright picture's pixels to a canvas view's, through every canvas
 * between them. The first of several placements counts. On a sheet that joins frames, the matrix is from the
 * sheet's pixels.
 */
export function canvasMatrix(canvasAt: (view: number) => CanvasView, view: number): Affine {
  const [placement] = canvasAt(view).placements;
  const matrix = placementMatrix(placement), { source } = placement;
  if ("picture" in source) return matrix;
  if (canvasAt(source.view).placements.length > 1) return matrix;
  return multiplied(matrix, canvasMatrix(canvasAt, source.view));
}

/**
 * Returns the pictures that a canvas view shows, in the order of its placements. A placement of another
 * canvas shows the pictures on that one.
 */
export function picturesShown(views: readonly View[], view: number): ShownPicture[] {
  const { canvas, placements } = views[view] as CanvasView;
  return placements.flatMap((placement) => {
    const matrix = placementMatrix(placement), { source } = placement;
    const seen = overlapOf(placement.crop, boxBefore(matrix, wholeOf(canvas))); // of the source
    if ("picture" in source) return [{ picture: source.picture, part: seen, toCanvas: matrix }];
    return picturesShown(views, source.view).map(({ picture, part, toCanvas }) => ({
      picture,
      part: overlapOf(part, boxBefore(toCanvas, seen)),
      toCanvas: multiplied(matrix, toCanvas),
    }));
  });
}

/**
 * Returns the box that a plan's matrix, which scales and moves only, carries a box to.
 * @throws {VitrailError} `usage` for what is no matrix, or no box.
 */
export function boxThrough(matrix: Affine, box: Box): Box {
  requireGiven("boxThrough: matrix", matrix, "a matrix of 12 numbers", "an image's toCanvas");
  requireBox("boxThrough: box", box);
  const { left, top, right, bottom } = box;
  const x = (at: number) => matrix[0] * at + matrix[8], y = (at: number) => matrix[5] * at + matrix[9];
  return { left: x(left), top: y(top), right: x(right), bottom: y(bottom) };
}

/** Returns the box that a plan's matrix carries to this one: the inverse of {@linkcode boxThrough}. */
export function boxBefore(matrix: Affine, { left, top, right, bottom }: Box): Box {
  const x = (at: number) => (at - matrix[8]) / matrix[0], y = (at: number) => (at - matrix[9]) / matrix[5];
  return { left: x(left), top: y(top), right: x(right), bottom: y(bottom) };
}
