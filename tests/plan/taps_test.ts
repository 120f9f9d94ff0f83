import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FILTERS } from "../../src/plan/tables/filters.ts";
import { tapsOf, WEIGHT_BITS } from "../../src/plan/tables/taps.ts";
import { resampleHorizontal, resampleVertical } from "../../src/reference/resample.ts";

const axis = fc.record({
  filter: fc.constantFrom(...FILTERS),
  size: fc.integer({ min: 1, max: 400 }),
  length: fc.integer({ min: 1, max: 400 }),
});

Deno.test("tapsOf has weights that sum to one, within half a unit a weight (law)", () => {
  fc.assert(fc.property(axis, ({ filter, size, length }) => {
    const taps = tapsOf({ filter, size, from: 0, to: size, length });
    for (let i = 0; i < length; i++) {
      const weights = taps.weights.subarray(i * taps.width, i * taps.width + taps.count[i]);
      const sum = weights.reduce((a, b) => a + b, 0);
      assert(
        Math.abs(sum - (1 << WEIGHT_BITS)) <= taps.count[i] / 2,
        `${filter} ${size} to ${length}: ${sum} at ${i}`,
      );
    }
  }));
});

Deno.test("tapsOf has taps within the source, whose ranges only move forward (law)", () => {
  fc.assert(fc.property(axis, ({ filter, size, length }) => {
    const { first, count } = tapsOf({ filter, size, from: 0, to: size, length });
    for (let i = 0; i < length; i++) {
      assert(first[i] >= 0 && count[i] >= 1 && first[i] + count[i] <= size);
      if (i > 0) assert(first[i] >= first[i - 1] && first[i] + count[i] >= first[i - 1] + count[i - 1]);
    }
  }));
});

Deno.test("resample keeps a flat picture flat (law)", () => {
  const colors = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 255 })));
  fc.assert(fc.property(axis, colors, ({ filter, size, length }, color) => {
    const taps = tapsOf({ filter, size, from: 0, to: size, length });
    const row = {
      width: size,
      height: 1,
      data: Uint8Array.from({ length: size * 3 }, (_, i) => color[i % 3]),
    };
    const column = { ...row, width: 1, height: size };
    const expected = Uint8Array.from({ length: length * 3 }, (_, i) => color[i % 3]);
    assertEquals(resampleHorizontal(row, taps).data, expected);
    assertEquals(resampleVertical(column, taps).data, expected);
  }));
});
