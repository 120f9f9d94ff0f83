import type { Size } from "../geometry.ts";
import type { OutputShape, Plan, PlannedImage } from "../plan.ts";
import type { Preprocessing } from "../preprocessing.ts";
import type { PixelSource, View } from "../view.ts";
import { type ImagePlan, ownRows, type RowKind, withSources } from "./image_plan.ts";

/** An image's plan with the upright sizes of its pictures. */
export interface SizedImagePlan extends ImagePlan {
  /** The sizes, in the order of `pictures`. */
  readonly sizes: readonly Size[];
}

/**
 * Returns the plan that makes the rows of some images, one image after another. Its pictures are the images'
 * own, in order.
 * @param kinds the kind of the rows of each output that an image fills
 */
export function joinedPlan<R extends Preprocessing>(
  recipe: R,
  plans: readonly SizedImagePlan[],
  kinds: Readonly<Record<string, RowKind>>,
): Plan<R> {
  const views: View[] = [], images: PlannedImage[] = [], pictures: Size[] = [];
  const rows = Object.fromEntries(Object.keys(kinds).map((output) => [output, 0]));
  const [main] = Object.keys(kinds);
  for (const own of plans) {
    const [first, picture, row] = [views.length, pictures.length, rows[main]];
    const sourceOf = (source: PixelSource): PixelSource =>
      "view" in source ? { view: source.view + first } : { picture: source.picture + picture };
    for (const view of own.views) {
      views.push(withRowsBefore(withSources(view, sourceOf, (view) => view + first), rows));
    }
    pictures.push(...own.sizes);
    for (const output of Object.keys(kinds)) rows[output] += ownRows(own, output);
    images.push({ ...own.image, main: first, views: [first, views.length], rows: [row, rows[main]] });
  }
  const outputs = Object.entries(kinds).map(([name, { dtype, rowShape, values }]): [string, OutputShape] => {
    return [name, { dtype, shape: [rows[name], ...rowShape], values }];
  });
  return {
    recipe,
    pictures,
    samples: [pictures.length],
    nested: false,
    views,
    images,
    outputs: Object.fromEntries(outputs),
    integers: {},
    derived: {},
  };
}

/** Returns a view whose rows come after those that other images fill of its output. */
function withRowsBefore(view: View, rows: Readonly<Record<string, number>>): View {
  if (view.target === undefined) return view;
  const { output, row } = view.target;
  return { ...view, target: { ...view.target, row: row + rows[output] } } as View;
}
