import { type Plan, type PlannedImage, valuesOf } from "../plan.ts";
import type { Normalisation } from "../tables/values.ts";
import type { Dtype } from "../dtype.ts";
import type { PixelSource, View } from "../view.ts";

/** Rows of one output that are made alike: their element type, their shape, and how bytes become values. */
export interface RowKind {
  /** The element type. */
  readonly dtype: Dtype;
  /** The shape of one row. */
  readonly rowShape: readonly number[];
  /** The rule by which bytes become their values. */
  readonly values: Normalisation;
}

/** A range of an output's rows in a plan. */
export interface RowRange {
  /** The first row in the plan. */
  readonly row: number;
  /** The number of rows. */
  readonly rows: number;
  /** The first of the same rows in the image's own plan; absent for rows of zeros. */
  readonly own?: number;
}

/**
 * One image of a plan by itself. Its views read no canvas of another image, and share no rows with it, so
 * that they can be executed without the others.
 */
export interface ImagePlan {
  /** The image in the whole plan. */
  readonly image: PlannedImage;
  /** Its views, but for rows of zeros. Sources, rows and views that are read count from 0. */
  readonly views: readonly View[];
  /** Its source pictures, by their indices in the whole plan. */
  readonly pictures: readonly number[];
  /** Its rows in the whole plan, by output. */
  readonly ranges: Readonly<Record<string, readonly RowRange[]>>;
}

/** Returns the plan of one image of a plan. */
export function imagePlan({ views }: Plan, image: PlannedImage): ImagePlan {
  const own = views.slice(...image.views), ranges = rangesOf(own);
  const kept = own.filter(({ kind }) => kind !== "blank");
  const places = new Map(kept.map((view, place) => [view, place]));
  const pictures: number[] = [];
  const placeOf = (view: number) => places.get(views[view])!;
  const sourceOf = (source: PixelSource): PixelSource => {
    if ("view" in source) return { view: placeOf(source.view) };
    if (!pictures.includes(source.picture)) pictures.push(source.picture);
    return { picture: pictures.indexOf(source.picture) };
  };
  const moved = kept.map((view) => withSources(withOwnRow(view, ranges), sourceOf, placeOf));
  return { image, views: moved, pictures, ranges };
}

/** Returns the rows that views fill, by output and in order. Views that fill the same rows share a range. */
function rangesOf(views: readonly View[]): Record<string, RowRange[]> {
  const outputs: Record<string, Map<number, RowRange>> = {};
  for (const { kind, target } of views) {
    if (target === undefined) continue;
    const { output, row, rows } = target;
    (outputs[output] ??= new Map()).set(row, { row, rows, ...(kind !== "blank" && { own: 0 }) });
  }
  return Object.fromEntries(
    Object.entries(outputs).map(([output, ranges]) => {
      let next = 0;
      const sorted = [...ranges.values()].sort((a, b) => a.row - b.row);
      return [
        output,
        sorted.map((range) => {
          if (range.own === undefined) return range;
          const own = next;
          next += range.rows;
          return { ...range, own };
        }),
      ];
    }),
  );
}

/** Returns a view whose rows are counted among its image's own. */
function withOwnRow<V extends View>(view: V, ranges: Readonly<Record<string, readonly RowRange[]>>): V {
  if (view.target === undefined) return view;
  const { output, row } = view.target;
  const range = ranges[output].find((own) => own.row === row)!;
  return { ...view, target: { ...view.target, row: range.own! } };
}

/** Returns a view with other sources, and which reads other views. */
export function withSources(
  view: View,
  sourceOf: (source: PixelSource) => PixelSource,
  placeOf: (view: number) => number,
): View {
  if (view.kind === "blank") return view;
  if (view.kind === "global") return { ...view, view: placeOf(view.view) };
  const placements = view.placements.map((own) => ({ ...own, source: sourceOf(own.source) }));
  return { ...view, placements };
}

/** Returns what an output's rows in a plan are. */
export function rowKindOf(plan: Plan, output: string): RowKind {
  const { dtype, shape: [, ...rowShape] } = plan.outputs[output];
  return { dtype, rowShape, values: valuesOf(plan, output) };
}

/** Returns how many rows of an output an image fills, those of zeros left out. */
export function ownRows({ ranges }: Pick<ImagePlan, "ranges">, output: string): number {
  return (ranges[output] ?? []).reduce((sum, { rows, own }) => own === undefined ? sum : sum + rows, 0);
}
