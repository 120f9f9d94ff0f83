import { type Plan, type PlannedImage, withoutText } from "../../plan/plan.ts";
import type { View } from "../../plan/view.ts";
import { sourcePictures } from "./chunks.ts";

/**
 * Returns a plan's images, those of several pictures cut into the smallest parts that can be executed one
 * after another: a clip of hundreds of frames need not be in memory at once. No part reads a canvas of an
 * earlier one, and none shares rows with it.
 */
export function piecesOf(plan: Plan): PlannedImage[] {
  return plan.images.flatMap((image) => {
    if (sourcePictures(plan, image).length < 2) return [image];
    const [from, to] = image.views, starts = startsOf(plan.views, from, to);
    const own = withoutText(image);
    return starts.map((start, i) => ({ ...own, views: [start, starts[i + 1] ?? to] as [number, number] }));
  });
}

/** The views, of a range of them, at which a piece begins. */
function startsOf(views: readonly View[], from: number, to: number): number[] {
  // ends[k - from]: the last view that has to be in one piece with view k, as far as one of the two says.
  const ends = Array.from({ length: to - from }, (_, i) => from + i);
  for (let at = from; at < to; at++) {
    for (const other of [...readsOf(views[at]), sharerOf(views, at, from)]) {
      const first = Math.min(at, other) - from;
      ends[first] = Math.max(ends[first], at, other);
    }
  }
  const starts: number[] = [];
  let end = from - 1;
  for (let at = from; at < to; at++) {
    if (at > end) starts.push(at);
    end = Math.max(end, ends[at - from]);
  }
  return starts;
}

/** The views that a view reads, by index. */
function readsOf(view: View): number[] {
  if (view.kind === "global") return [view.view];
  if (view.kind === "blank") return [];
  return view.placements.flatMap(({ source }) => "view" in source ? [source.view] : []);
}

/** The first of the views just before one that fill the same rows as it does, or the view itself. */
function sharerOf(views: readonly View[], at: number, from: number): number {
  const own = views[at].target;
  let first = at;
  while (first > from && own) {
    const before = views[first - 1].target;
    if (before === undefined || before.output !== own.output || before.row !== own.row) break;
    first--;
  }
  return first;
}
