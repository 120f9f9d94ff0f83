import { VitrailError } from "../../errors.ts";
import type { IntegerOutput } from "../../plan/integers.ts";
import type { Plan } from "../../plan/plan.ts";
import { type RowKind, rowKindOf } from "../../plan/images/image_plan.ts";
import type { View } from "../../plan/view.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { Unit } from "../set/unit.ts";

/** A range of rows of one sample's output: those of a unit, or zeros. */
export interface UnitRange {
  /** The unit; absent for zeros. */
  readonly unit?: Unit;
  /** The first of them among the unit's rows of this output; 0 for zeros. */
  readonly row: number;
  /** The number of rows. */
  readonly rows: number;
}

/** An output of a sample that executors fill. */
export interface RowsOutput extends RowKind {
  /** The shape under which the tensor is returned. */
  readonly shape: readonly number[];
  /** The rows that are joined to it. */
  readonly ranges: readonly UnitRange[];
  /** As in {@linkcode OutputShape}. */
  readonly arranged?: string;
  /** As in {@linkcode OutputShape}. */
  readonly lists?: readonly number[];
  /** As in {@linkcode OutputShape}. */
  readonly shapes?: readonly (readonly number[])[];
}

/** An output of a sample: one that executors fill, or whole numbers. */
export type SampleOutput = RowsOutput | IntegerOutput;

/** Returns whether an output is one that executors fill. */
export function hasRows(output: SampleOutput): output is RowsOutput {
  return "ranges" in output;
}

/**
 * Returns the outputs of a sample's plan by name.
 * @param units the units of its images, in order
 * @throws {VitrailError} `recipe` for an output that waits for pixels: the text that a model reads
 * depends on it, and with that lengths, packs and shards.
 */
export function outputsOf(plan: Plan<Recipe>, units: readonly Unit[]): Record<string, SampleOutput> {
  const [derived] = Object.keys(plan.derived);
  if (derived !== undefined) {
    throw new VitrailError(
      "recipe",
      `pixels decide ${derived} of ${plan.recipe.name}, and with it how many tokens a sample has: ` +
        "plan samples with `decide`, which reads their pictures",
    );
  }
  const rows = Object.entries(plan.outputs).map(([name, { shape, as = shape, arranged, lists, shapes }]) => {
    const kind = rowKindOf(plan, name), ranges = rangesOf(name, units);
    return [name, { ...kind, shape: as, ranges, arranged, lists, shapes }] as const;
  });
  return Object.fromEntries<SampleOutput>([...rows, ...Object.entries(plan.integers)]);
}

/** Returns the ranges of an output's rows in the whole plan, in order. */
function rangesOf(output: string, units: readonly Unit[]): UnitRange[] {
  return units.flatMap((unit) =>
    (unit.ranges[output] ?? []).map(({ row: at, rows, own }) =>
      own === undefined ? { at, row: 0, rows } : { at, unit, row: own, rows }
    )
  ).sort((a, b) => a.at - b.at);
}

/** Returns the views that fill an output's ranges, in the order of their rows. */
export function viewsOf(output: string, ranges: readonly UnitRange[]): View[] {
  return ranges.flatMap(({ unit, row, rows }) =>
    (unit?.views ?? []).filter(({ target }) =>
      target?.output === output && target.row >= row && target.row < row + rows
    ).sort((a, b) => a.target!.row - b.target!.row)
  );
}
