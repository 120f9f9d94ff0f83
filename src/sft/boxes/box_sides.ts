import { VitrailError } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import type { SampleObjects } from "../data/sample.ts";
import type { BoxStyle } from "./box_style.ts";
import { type BoxSide, sideText } from "./box_unit.ts";

/** An axis of a picture. */
type Axis = "width" | "height";

/**
 * Returns the x and y of a box's corners, or of a point, as a model reads them.
 *
 * @param index the box, by its place in `objects.bbox`
 * @param pictures the sample's pictures as planned, clips not among them
 * @throws {VitrailError} `dataset` for a box that is none, that lies outside of its picture, or that the
 * model's way of writing has no form for.
 */
export function sideTexts(
  objects: SampleObjects,
  index: number,
  pictures: readonly PlannedImage[],
  style: BoxStyle,
  where: string,
): string[] {
  const box = objects.bbox[index], id = objects.image_id?.[index] ?? 0, picture = pictures[id];
  const misplaced = (problem: string) =>
    new VitrailError("dataset", `${where}: objects.bbox[${index}], [${box.join(", ")}], ${problem}`);
  const shares = isOfShares(objects, where);
  if (![2, 4].includes(box.length) || !box.every(Number.isFinite)) {
    throw misplaced("is no box, expected [x1, y1, x2, y2], or a point, [x, y]");
  }
  if (picture === undefined) {
    throw misplaced(`is of picture ${id}, and the sample has ${pictures.length}, from 0`);
  }
  const { width, height } = picture.size, within: Size = shares ? { width: 1, height: 1 } : { width, height };
  if (box.some((side, at) => side < 0 || side > within[axisOf(at)])) {
    throw misplaced(
      shares ? "has shares that are not 0 to 1" : `lies outside of picture ${id}, ${width}x${height}`,
    );
  }
  if (box.length === 4 && (box[0] > box[2] || box[1] > box[3])) {
    throw misplaced("has its corners in the wrong order, expected left, top, right, bottom");
  }
  const sides = box.map((side, at): BoxSide => {
    const axis = axisOf(at), share = side / within[axis], pixel = onCanvas(share, axis, picture);
    return { share, pixel, length: picture.canvas[axis], last: at > 1 };
  });
  const unfit = unfitness(sides, style);
  if (unfit !== undefined) throw misplaced(unfit);
  return sides.map((side) => sideText(side, style.unit));
}

/**
 * Returns whether boxes are shares of their pictures' sides; otherwise they are pixels.
 * @throws {VitrailError} `dataset` for another type.
 */
function isOfShares({ bbox_type: type }: SampleObjects, where: string): boolean {
  if (type === undefined || type === null || type === "real") return false;
  if (type === "norm1") return true;
  throw new VitrailError(
    "dataset",
    `${where}: objects.bbox_type is ${JSON.stringify(type)}, expected real or norm1`,
  );
}

/** Returns the reason why a style cannot write a box, or a point; undefined where it can. */
function unfitness(sides: readonly BoxSide[], { name, unit, boxesOnly }: BoxStyle): string | undefined {
  if (boxesOnly && sides.length === 2) {
    return `is a point, and it is not known how models of --boxes ${name} write one`;
  }
  if (unit === "cells" && !(sides[0].share < sides[2].share && sides[1].share < sides[3].share)) {
    return `has no area, and --boxes ${name} writes the cells that it covers`;
  }
  if (unit === "canvas" && sides.some(({ pixel, length }) => pixel < 0 || pixel > length)) {
    return "lies outside of what is left of its picture, which is cropped";
  }
}

/**
 * Returns where a share of a picture's width or height lies on its canvas, in pixels. Where the canvas has
 * the whole picture, sizes say it; `toCanvas` has numbers of 32 bits, which could round otherwise.
 */
function onCanvas(share: number, axis: Axis, { size, content, toCanvas }: PlannedImage): number {
  const [scale, moved] = axis === "width" ? [toCanvas[0], toCanvas[8]] : [toCanvas[5], toCanvas[9]];
  const whole = Math.abs(scale * size[axis] - content[axis]) < 1e-3;
  return moved + share * (whole ? content[axis] : scale * size[axis]);
}

function axisOf(at: number): Axis {
  return at % 2 === 0 ? "width" : "height";
}
