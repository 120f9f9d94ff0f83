import type { Dtype } from "../../plan/dtype.ts";
import { type Plan, valuesOf } from "../../plan/plan.ts";
import { valueTable } from "../../plan/tables/values.ts";
import type { CanvasView, Placement, View } from "../../plan/view.ts";

/**
 * The most that an element of a global view may differ from the reference's: 1e-6 for f32. For narrower
 * floats it is one unit in the last place at the largest magnitude (2 to 4), since that difference may fall
 * on a rounding boundary. `tests/tolerance.ts` says why.
 */
export const GLOBAL_ALLOWANCE: Record<Dtype, number> = { f32: 1e-6, f16: 2 ** -9, bf16: 2 ** -6, u8: 0 };

/**
 * The most that an element of a canvas of floats may differ from the reference's: 4e-6 for f32, and for
 * narrower floats as of a global view. `tests/tolerance.ts` says why.
 */
export const FLOATS_ALLOWANCE: Record<Dtype, number> = { ...GLOBAL_ALLOWANCE, f32: 4e-6 };

/**
 * Returns the most that the elements of each row of an image may differ from the reference's. That is 0 but
 * for three kinds of views: global ones, canvases of floats, and those resampled in floats, whose bytes may
 * differ by a level where a sum falls on a half.
 */
export function allowancesOf(plan: Plan, image: number): (output: string, row: number) => number {
  const rows = new Map<string, number>();
  const [from, to] = plan.images[image].views;
  for (const view of plan.views.slice(from, to)) {
    const allowed = allowanceOf(plan, view);
    if (allowed === 0) continue;
    const { output, row, rows: count } = view.target!;
    for (let at = row; at < row + count; at++) rows.set(`${output} ${at}`, allowed);
  }
  return (output, row) => rows.get(`${output} ${row}`) ?? 0;
}

function allowanceOf(plan: Plan, view: View): number {
  if (view.kind === "blank" || !view.target) return 0;
  if (view.kind === "canvas" && view.standard) return 0; // each sum in an order that is given
  const { output } = view.target, { dtype } = plan.outputs[output];
  if (view.kind === "canvas" && view.floats) return FLOATS_ALLOWANCE[dtype];
  const canvas = view.kind === "global" ? plan.views[view.view] as CanvasView : view;
  // The magnitudes of a global view's weights, over both axes, sum to less than 2.
  const levels = levelsOf(plan.views, canvas) * (view.kind === "global" ? 2 : 1);
  if (levels === 0) return view.kind === "global" ? GLOBAL_ALLOWANCE[dtype] : 0;
  if (dtype === "u8") return levels;
  // The allowance is one unit in the last place more, at magnitudes of 2 to 4: neighbours round to
  // neighbours.
  return levels * stepOf(valueTable(valuesOf(plan, output))) + GLOBAL_ALLOWANCE[dtype];
}

/**
 * Returns by how many levels a canvas's bytes may differ: by one where floats were rounded, and by more where
 * a view of such bytes is resampled again.
 */
function levelsOf(views: readonly View[], { placements }: CanvasView): number {
  return Math.max(
    0,
    ...placements.map((placement) => {
      const { source } = placement;
      const before = "view" in source ? levelsOf(views, views[source.view] as CanvasView) : 0;
      if (!resamples(placement)) return before;
      // The magnitudes of torch's weights, over both axes, sum to 25/16 at most: a level becomes two at most.
      return 2 * before + (placement.resampler === "torch-cuda" ? 1 : 0);
    }),
  );
}

function resamples({ crop: { left, top, right, bottom }, content }: Placement): boolean {
  if (!Number.isInteger(left) || !Number.isInteger(top)) return true;
  return right - left !== content.width || bottom - top !== content.height;
}

/** Returns the largest step between the values of neighbouring bytes. */
function stepOf(table: Float32Array): number {
  let most = 0;
  for (let i = 1; i < table.length; i++) {
    if (i % 256 > 0) most = Math.max(most, Math.abs(table[i] - table[i - 1]));
  }
  return most;
}
