import type { Size } from "../geometry.ts";
import type { Plan, PlannedImage } from "../plan.ts";
import type { Preprocessing } from "../preprocessing.ts";
import type { PixelSource, View } from "../view.ts";
import { type ImagePlan, ownRows, type RowKind, withSources } from "./image_plan.ts";

/** An image's plan with the upright sizes of its pictures. */
export interface SizedImagePlan extends ImagePlan {
  /** The sizes, in the order of `pictures`. */
  readonly sizes: readonly Size[];
}

/**
 * Returns the plan that makes one output's rows of some images, one image after another. Its pictures are the
 * images' own, in order. Views that fill other outputs are left out, unless one that stays reads them.
 * @param kind the kind of the rows, of all images
 */
export function joinedPlan<R extends Preprocessing>(
  recipe: R,
  plans: readonly SizedImagePlan[],
  output: string,
  kind: RowKind,
): Plan<R> {
  const views: View[] = [], images: PlannedImage[] = [], pictures: Size[] = [];
  let rows = 0;
  for (const own of plans) {
    const needed = viewsFor(own.views, output),
      [first, picture, row] = [views.length, pictures.length, rows];
    const places = new Map([...needed].map((view, place) => [view, first + place]));
    const sourceOf = (source: PixelSource): PixelSource =>
      "view" in source ? { view: places.get(source.view)! } : { picture: source.picture + picture };
    for (const index of needed) {
      const view = withSources(own.views[index], sourceOf, (view) => places.get(view)!);
      views.push(ofOutput(view, output, row));
    }
    pictures.push(...own.sizes);
    rows += ownRows(own, output);
    images.push({ ...own.image, main: first, views: [first, views.length], rows: [row, rows] });
  }
  const { dtype, rowShape, values } = kind;
  return {
    recipe,
    pictures,
    samples: [pictures.length],
    nested: false,
    views,
    images,
    outputs: { [output]: { dtype, shape: [rows, ...rowShape], values } },
    integers: {},
    derived: {},
  };
}

/** Returns the views that fill an output, and those that they read, by index and in order. */
function viewsFor(views: readonly View[], output: string): Set<number> {
  const needed = new Set<number>();
  const need = (index: number) => {
    const view = views[index];
    if (view.kind === "global") need(view.view);
    if (view.kind === "canvas") {
      for (const { source } of view.placements) if ("view" in source) need(source.view);
    }
    needed.add(index);
  };
  for (const [index, { target }] of views.entries()) if (target?.output === output) need(index);
  return new Set([...needed].sort((a, b) => a - b));
}

/** Returns a view that fills rows of one output alone, `row` of them before its own. */
function ofOutput(view: View, output: string, row: number): View {
  if (view.target?.output === output) {
    return { ...view, target: { ...view.target, row: view.target.row + row } } as View;
  }
  const { target: _, ...rest } = view;
  return rest as View;
}
