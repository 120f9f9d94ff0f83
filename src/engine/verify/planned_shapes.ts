import { VitrailError } from "../../errors.ts";
import { checkReshape, countOf } from "../../layout/shape.ts";
import type { Plan } from "../../plan/plan.ts";
import { viewShapes } from "./view_shapes.ts";

/**
 * Holds the rows that an executor made against the plan: each output is covered once, in order, by rows of
 * its shape. The plan itself is held against the shapes that its views alone give.
 * @throws {VitrailError} `shape` with both sides.
 */
export function requireShapes(
  plan: Plan,
  made: readonly { output: string; row: number; shape: number[] }[],
): void {
  const expected = viewShapes(plan.views);
  for (const [output, { shape, as }] of Object.entries(plan.outputs)) {
    if (as) checkReshape(countOf(shape), as);
    if (shape.join() !== expected[output]?.join()) {
      throw new VitrailError(
        "shape",
        `${output}: the plan says [${shape}], and its views fill [${expected[output] ?? "nothing"}]`,
      );
    }
    const parts = made.filter((rows) => rows.output === output).sort((a, b) => a.row - b.row);
    let next = 0;
    for (const part of parts) {
      if (part.row !== next || part.shape.slice(1).join() !== shape.slice(1).join()) {
        throw shapesDiffer(output, [part.row, ...part.shape], [next, ...shape]);
      }
      next += part.shape[0];
    }
    if (next !== shape[0]) throw shapesDiffer(output, [next, ...shape.slice(1)], shape);
  }
}

/** Returns the `shape` error of rows that are not as planned. */
export function shapesDiffer(
  output: string,
  made: readonly number[],
  planned: readonly number[],
): VitrailError {
  return new VitrailError("shape", `${output}: the executor made [${made}], the plan says [${planned}]`);
}
