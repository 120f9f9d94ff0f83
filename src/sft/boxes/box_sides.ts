import { VitrailError } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import { roundHalfEven } from "../../recipes/parts/resized_size.ts";
import type { SampleObjects } from "../data/sample.ts";
import type { BoxUnit } from "./box_style.ts";

/** An axis of a picture. */
type Axis = "width" | "height";

/**
 * Returns the x and y of a box's corners, or of a point, as a model reads them. Numbers are rounded as
 * Python's `round` does, shares to three digits.
 *
 * Source: ms-swift `template/base.py`, `normalize_bbox`.
 *
 * @param index the box, by its place in `objects.bbox`
 * @param pictures the sample's pictures as planned, clips not among them
 * @throws {VitrailError} `dataset` for a box that is none, or that lies outside of its picture.
 */
export function sideTexts(
  objects: SampleObjects,
  index: number,
  pictures: readonly PlannedImage[],
  unit: BoxUnit,
  where: string,
): string[] {
  const { bbox, bbox_type: type, image_id: ids } = objects, box = bbox[index];
  const name = `objects.bbox[${index}]`, shares = type === "norm1";
  if (type !== undefined && type !== null && !["real", "norm1"].includes(type)) {
    throw new VitrailError(
      "dataset",
      `${where}: objects.bbox_type is ${JSON.stringify(type)}, expected real or norm1`,
    );
  }
  if (![2, 4].includes(box.length) || !box.every(Number.isFinite)) {
    throw misplaced(where, name, box, "is no box, expected [x1, y1, x2, y2], or a point, [x, y]");
  }
  const id = ids?.[index] ?? 0, picture = pictures[id];
  if (picture === undefined) {
    throw misplaced(where, name, box, `is of picture ${id}, and the sample has ${pictures.length}, from 0`);
  }
  const { width, height } = picture.size, within: Size = shares ? { width: 1, height: 1 } : { width, height };
  if (box.some((side, at) => side < 0 || side > within[axisOf(at)])) {
    throw misplaced(
      where,
      name,
      box,
      shares ? "has shares that are not 0 to 1" : `lies outside of picture ${id}, ${width}x${height}`,
    );
  }
  if (box.length === 4 && (box[0] > box[2] || box[1] > box[3])) {
    throw misplaced(
      where,
      name,
      box,
      "has its corners in the wrong order, expected left, top, right, bottom",
    );
  }
  return box.map((side, at) => sideText(side / within[axisOf(at)], axisOf(at), picture, unit));
}

/** Returns one number of a box; `share` is its share of the picture's width or height. */
function sideText(share: number, axis: Axis, picture: PlannedImage, unit: BoxUnit): string {
  if (unit === "thousandths") return String(roundHalfEven(share * 1000));
  if (unit === "pixels") return String(roundHalfEven(onCanvas(share, axis, picture)));
  const rounded = roundHalfEven(share * 1000) / 1000;
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded);
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

function misplaced(where: string, name: string, box: readonly number[], problem: string): VitrailError {
  return new VitrailError("dataset", `${where}: ${name}, [${box.join(", ")}], ${problem}`);
}
