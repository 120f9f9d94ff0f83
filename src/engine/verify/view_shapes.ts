import { VitrailError } from "../../errors.ts";
import { outputShapeOf } from "../../layout/layout.ts";
import { parsePattern } from "../../layout/pattern.ts";
import type { View } from "../../plan/view.ts";

/** What views fill of one output. */
interface Filled {
  /** A row's shape; unknown while only blank rows were seen. */
  row?: number[];
  runs: { from: number; to: number }[];
}

/**
 * Each output's shape as its views alone give it: what their canvases hold, cut by their patterns, and where those rows begin.
 * Nothing that a plan says of its outputs or of how many rows a view fills enters, so it holds the plan to account.
 * @throws {VitrailError} `shape` where rows of one output differ in shape, or leave a gap.
 */
export function viewShapes(views: readonly View[]): Record<string, number[]> {
  const outputs = new Map<string, Filled>();
  for (const view of views) {
    if (!view.target) continue;
    const { output, row: from } = view.target;
    const filled = outputs.get(output) ?? { runs: [] };
    outputs.set(output, filled);
    const [rows, ...row] = shapeOf(view);
    filled.runs.push({ from, to: from + rows });
    if (view.kind === "blank") continue;
    filled.row ??= row;
    if (filled.row.join() === row.join()) continue;
    throw new VitrailError("shape", `${output}: one view's rows are [${row}], another's [${filled.row}]`);
  }
  return Object.fromEntries(
    Array.from(outputs, ([output, { row = [], runs }]) => [output, [rowsOf(output, runs), ...row]]),
  );
}

function shapeOf(view: View): number[] {
  if (view.kind === "blank") return [view.target.rows];
  const { pattern, sizes } = view.target!;
  return outputShapeOf(parsePattern(pattern), [3, view.canvas.height, view.canvas.width], sizes);
}

/** Rows that runs cover; several views may write one row, but none may be left out. */
function rowsOf(output: string, runs: Filled["runs"]): number {
  let covered = 0;
  for (const { from, to } of runs.sort((a, b) => a.from - b.from)) {
    if (from > covered) {
      throw new VitrailError("shape", `${output}: no view fills rows ${covered} to ${from}`);
    }
    covered = Math.max(covered, to);
  }
  return covered;
}
