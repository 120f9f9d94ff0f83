import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { GROUP } from "../../../src/gpu/invocations.ts";
import { groupTaps, groupWindows } from "../../../src/gpu/passes/column_groups.ts";
import { FILTERS } from "../../../src/plan/tables/filters.ts";
import { tapsOf } from "../../../src/plan/tables/taps.ts";

Deno.test("groupTaps has every column's weights at its pixels, and 0 at the others of its group", () => {
  const axis = fc.record({
    size: fc.integer({ min: 1, max: 60 }),
    length: fc.integer({ min: 1, max: 40 }),
    lead: fc.integer({ min: 0, max: GROUP - 1 }),
    filter: fc.constantFrom(...FILTERS),
  });
  fc.assert(fc.property(axis, ({ size, length, lead, filter }) => {
    const taps = tapsOf({ filter, size, from: 0, to: size, length });
    const windows = groupWindows(taps, lead), words = groupTaps(windows, taps, lead);
    assertEquals(words.length, windows.groups * (2 + windows.width) * GROUP);
    assertEquals(windows.groups, Math.ceil((lead + length) / GROUP));
    let weighed = 0;
    for (let column = 0; column < length; column++) {
      const group = Math.floor((lead + column) / GROUP);
      const [first, count] = words.subarray(group * GROUP);
      const part = words[(windows.groups + group) * GROUP + (lead + column) % GROUP];
      assertEquals([first + (part & 0xffff), (part >>> 16) - (part & 0xffff)], [
        taps.first[column],
        taps.count[column],
      ]);
      for (let k = 0; k < windows.width; k++) {
        const at = (2 * windows.groups + group * windows.width + k) * GROUP + (lead + column) % GROUP;
        const own = first + k - taps.first[column]; // of the column's taps
        const weighs = own >= 0 && own < taps.count[column];
        assertEquals(words[at], weighs ? taps.weights[column * taps.width + own] : 0);
        if (!weighs) continue;
        assert(k < count, "a weight lies outside its window");
        weighed++;
      }
    }
    assertEquals(weighed, taps.count.reduce((a, b) => a + b, 0)); // none is left out
  }));
});
