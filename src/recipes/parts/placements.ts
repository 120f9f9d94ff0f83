import { type Box, type Point, type Size, wholeOf } from "../../plan/geometry.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import type { Resampler } from "../../plan/tables/resampler.ts";
import type { PixelSource, Placement } from "../../plan/view.ts";
import { eachInSteps } from "../../runtime/in_steps.ts";
import type { Composing } from "../recipe.ts";

/** The top left of a canvas. */
const TOP_LEFT: Point = { x: 0, y: 0 };

/** Places all of a source, resampled to `content`, at `offset`. The horizontal pass is Pillow's first. */
export function whole(
  source: PixelSource,
  size: Size,
  content: Size,
  filter: Filter,
  offset: Point = TOP_LEFT,
): Placement {
  return { source, crop: wholeOf(size), content, offset, filter, order: "horizontal-first" };
}

/** Places a box that is cut out of a source first, so that no pixel around it is weighed. */
export function part(
  source: PixelSource,
  box: Box,
  content: Size,
  filter: Filter,
  offset: Point = TOP_LEFT,
): Placement {
  return { source, crop: box, cut: box, content, offset, filter, order: "horizontal-first" };
}

/**
 * Returns where a content lies on a canvas that shows its middle, or that shows all of it in the middle. An
 * odd number of pixels around it leaves one over. Classes that resize with Pillow put that one before the
 * content, those that resize with torch after it.
 *
 *     content larger: ┌content───┐       canvas larger: ┌canvas────┐
 *       offset < 0    │ ┌canvas┐ │         offset ≥ 0   │┌content┐ │
 *                     │ └──────┘ │                      │└───────┘ │
 *                     └──────────┘                      └──────────┘
 *
 * Source: transformers `image_transforms.py`, `center_crop`; `image_processing_backends.py`,
 * `TorchvisionBackend.center_crop`.
 */
export function centred(content: Size, canvas: Size, resampler: Resampler): Point {
  const before = resampler === "pillow" ? Math.ceil : Math.floor;
  const place = (inner: number, outer: number) => {
    return inner >= outer ? -Math.floor((inner - outer) / 2) : before((outer - inner) / 2);
  };
  return { x: place(content.width, canvas.width), y: place(content.height, canvas.height) };
}

/** Returns the largest of numbers, however many: `Math.max` takes no call of a hundred thousand of them. */
export function mostOf(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), -Infinity);
}

/** Returns the smallest size that holds each of `sizes`: the canvas of pictures that are padded alike. */
export function largestOf(sizes: readonly Size[]): Size {
  const largest = { width: -Infinity, height: -Infinity };
  for (const { width, height } of sizes) {
    largest.width = Math.max(largest.width, width);
    largest.height = Math.max(largest.height, height);
  }
  return largest;
}

/** Returns what `mostOf` does of a number for each picture, in steps. */
export function* mostInSteps(numbers: readonly number[]): Composing<number> {
  let most = -Infinity;
  yield* eachInSteps(numbers, (number) => {
    most = Math.max(most, number);
  });
  return most;
}

/** Returns what `largestOf` does of a size for each picture, in steps. */
export function* largestInSteps(sizes: readonly Size[]): Composing<Size> {
  let largest = { width: -Infinity, height: -Infinity };
  yield* eachInSteps(sizes, (size) => {
    largest = largestOf([largest, size]);
  });
  return largest;
}

/** Returns true for two sizes that are the same. */
export function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
