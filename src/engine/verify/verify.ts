import type { Range } from "../../plan/geometry.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Pictures } from "../../plan/stored_picture.ts";
import { loaded } from "../../runtime/loaded.ts";
import { compareRows, type Verification } from "./compare.ts";

/** Returns the bytes, in CPU memory, of some rows of an output that an executor made. */
export type RowsOf = (output: string, row: number, bytes: number) => Uint8Array;

/** Returns a comparison that has compared nothing yet. */
export function noDifference(): Verification {
  return { elements: 0, mismatches: 0, largestError: 0 };
}

/**
 * Runs the reference on some images of a plan, and adds the comparison of every element to `found`. The
 * reference is imported when it is first asked for: few pages are.
 */
export async function verifyImages(
  plan: Plan,
  { from, to }: Range,
  pictures: Pictures,
  rowsOf: RowsOf,
  found: Verification,
): Promise<void> {
  const { referenceRows } = await loaded("the reference", () => {
    return import("../../reference/reference_rows.ts");
  });
  for (let image = from; image < to; image++) {
    for (const expected of referenceRows(plan, image, pictures)) {
      const { output, row, dtype, bytes } = expected;
      const made = { ...expected, data: rowsOf(output, row, bytes) };
      compareRows(found, made, expected, dtype);
    }
  }
}
