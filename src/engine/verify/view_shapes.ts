import { VitrailError } from "../../errors.ts";
import { outputShapeOf } from "../../layout/layout.ts";
import { parsePattern } from "../../layout/pattern.ts";
import { countOf } from "../../layout/shape.ts";
import type { Range } from "../../plan/geometry.ts";
import { PLACE_ELEMENTS, type View } from "../../plan/view.ts";

/** The rows of one output that views fill. */
interface Filled {
  /** A row's shape; unknown while only blank rows were seen. */
  rowShape?: number[];
  ranges: Range[];
}

/**
 * Returns each output's shape as the views alone give it: from their canvases, the patterns that cut them,
 * and the first row of each. What the plan says of its outputs, and of how many rows a view fills, does not
 * enter; so the plan can be held against it.
 * @throws {VitrailError} `shape` where rows of one output differ in shape, or leave a gap.
 */
export function viewShapes(views: readonly View[]): Record<string, number[]> {
  const outputs = new Map<string, Filled>();
  for (const view of views) {
    if (!view.target) continue;
    const { output, row: from } = view.target;
    const filled = outputs.get(output) ?? { ranges: [] };
    outputs.set(output, filled);
    const [rows, ...rowShape] = shapeOf(view);
    filled.ranges.push({ from, to: from + rows });
    if (view.kind === "blank") continue;
    filled.rowShape ??= rowShape;
    if (filled.rowShape.join() === rowShape.join()) continue;
    const found = `one view's rows are [${rowShape}], another's [${filled.rowShape}]`;
    throw new VitrailError("shape", `${output}: ${found}`);
  }
  return Object.fromEntries(
    Array.from(outputs, ([output, { rowShape = [], ranges }]) => {
      return [output, [rowsCovered(output, ranges), ...rowShape]];
    }),
  );
}

function shapeOf(view: View): number[] {
  if (view.kind === "blank") return [view.target.rows];
  const { pattern, sizes, places } = view.target!;
  const shape = outputShapeOf(parsePattern(pattern), [3, view.canvas.height, view.canvas.width], sizes);
  return places ? [shape[0], countOf(shape.slice(1)) + PLACE_ELEMENTS] : shape;
}

/**
 * Returns how many rows ranges cover, from the first on. Several views may write one row; none may be left
 * out.
 */
function rowsCovered(output: string, ranges: Range[]): number {
  let covered = 0;
  for (const { from, to } of ranges.sort((a, b) => a.from - b.from)) {
    if (from > covered) {
      throw new VitrailError("shape", `${output}: no view fills rows ${covered} to ${from}`);
    }
    covered = Math.max(covered, to);
  }
  return covered;
}
