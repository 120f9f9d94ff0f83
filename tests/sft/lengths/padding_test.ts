import { assertAlmostEquals } from "@std/assert";
import fc from "fast-check";
import { paddedShare } from "../../../src/sft/lengths/padding.ts";

/** Returns all ways to choose `size` of the values. */
function choices(values: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return values.flatMap((value, index) =>
    choices(values.slice(index + 1), size - 1).map((others) => [value, ...others])
  );
}

Deno.test("paddedShare is the mean over all batches that there can be", () => {
  const cases = fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(cases, fc.integer({ min: 1, max: 8 }), (values, size) => {
      const ascending = values.sort((a, b) => a - b),
        batches = choices(ascending, Math.min(size, values.length));
      const longest = batches.reduce((sum, batch) => sum + Math.max(...batch), 0) / batches.length;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      assertAlmostEquals(paddedShare(ascending, size), longest / mean, 1e-9);
    }),
  );
  assertAlmostEquals(paddedShare([7, 7, 7], 2), 1, 1e-9);
});
