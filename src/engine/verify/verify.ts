import type { Plan } from "../../plan/plan.ts";
import { referenceRows } from "../../reference/reference_rows.ts";
import { allowancesOf } from "./allowance.ts";
import type { Chunk } from "../run/chunks.ts";
import type { Pictures } from "../executors.ts";
import type { Sink } from "../run/sinks.ts";
import { compareRows, type Verification } from "./compare.ts";

/** A comparison that has compared nothing yet. */
export function noDifference(): Verification {
  return { elements: 0, mismatches: 0, inexact: 0, largestError: 0 };
}

/** Runs the reference on a chunk's images and compares every element. */
export function verifyChunk(
  plan: Plan,
  chunk: Chunk,
  pictures: Pictures,
  sink: Sink,
  found: Verification,
): void {
  for (let image = chunk.from; image < chunk.to; image++) {
    const allowed = allowancesOf(plan, image);
    for (const expected of referenceRows(plan, image, pictures)) {
      const { output, row, shape } = expected;
      const bytes = sink.rows(output, row, expected.bytes.byteLength);
      const made = { output, row, shape, bytes };
      compareRows(found, made, expected, plan.outputs[output].dtype, (at) => allowed(output, at));
    }
  }
}
