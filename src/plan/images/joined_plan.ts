import type { Size } from "../geometry.ts";
import type { OutputShape, Plan, PlannedImage } from "../plan.ts";
import type { Preprocessing } from "../preprocessing.ts";
import type { View } from "../view.ts";
import { type ImagePlan, ownRows, type RowKind } from "./image_plan.ts";
import { movedView } from "./moved_view.ts";
import { imageWith } from "./placeholder.ts";

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
    const moves = { pictures: picture, views: first, rowsOf: (output: string) => rows[output] };
    for (const view of own.views) views.push(movedView(view, moves));
    pictures.push(...own.sizes);
    for (const output of Object.keys(kinds)) rows[output] += ownRows(own, output);
    const places: Partial<PlannedImage> = {
      main: first,
      views: [first, views.length],
      rows: [row, rows[main]],
    };
    images.push(imageWith(own.image, places));
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
