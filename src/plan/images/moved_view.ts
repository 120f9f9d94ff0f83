import type { PixelSource, View } from "../view.ts";
import { withSources } from "./image_plan.ts";

/** All that stands before an image in a plan, beside what stands before it elsewhere. */
export interface Moves {
  /** The pictures. */
  readonly pictures: number;
  /** The views. */
  readonly views: number;
  /** Returns the rows of an output. */
  rowsOf(output: string): number;
}

/** Returns a view as it is where so many more pictures, views and rows stand before its image. */
export function movedView(view: View, { pictures, views, rowsOf }: Moves): View {
  const placeOf = (view: number) => view + views;
  const sourceOf = (source: PixelSource): PixelSource =>
    "view" in source ? { view: placeOf(source.view) } : { picture: source.picture + pictures };
  const moved = withSources(view, sourceOf, placeOf);
  if (moved.target === undefined) return moved;
  const { output, row } = moved.target;
  return { ...moved, target: { ...moved.target, row: row + rowsOf(output) } } as View;
}
