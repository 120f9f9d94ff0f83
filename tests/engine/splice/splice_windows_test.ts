import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { spliceWindows } from "../../../src/engine/splice/splice_windows.ts";
import { planSplice, SEPARATOR, sourcesOf } from "../../../src/engine/splice/splice_plan.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";

const SIDE = 12, ROW = 2 * SIDE * SIDE; // pairs of a row of features

function sourcesFor(grids: [number, number][]) {
  const rows = grids.reduce((sum, [h, w]) => sum + 1 + h * w, 0);
  const images = grids.map((grid) => ({ grid }));
  const plan = planSplice(ixc24khd(), images, { features: [rows, 576, 1], newline: 4, separator: 4 });
  return { rows, sources: sourcesOf(plan).sources };
}

Deno.test("spliceWindows gives one where everything fits", () => {
  const { rows, sources } = sourcesFor([[3, 5], [2, 2]]);
  const tokens = { from: 0, to: sources.length };
  const windows = spliceWindows(sources, tokens, { side: SIDE, pairs: rows * ROW, ends: [rows * ROW] });
  assertEquals(windows, [{ tokens, pairs: { from: 0, to: rows * ROW }, part: 0 }]);
});

const cases = fc.record({
  grids: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })), {
    minLength: 1,
    maxLength: 3,
  }),
  pairs: fc.integer({ min: SIDE + 1, max: 12 * ROW }),
  cuts: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
  from: fc.nat(300),
});

Deno.test("spliceWindows cover the tokens once, in order, and hold what each token reads (law)", () => {
  fc.assert(fc.property(cases, ({ grids, pairs, cuts, from }) => {
    const { rows, sources } = sourcesFor(grids);
    const inner = [...new Set(cuts)].filter((cut) => cut < rows).sort((a, b) => a - b);
    const ends = [...inner, rows].map((row) => row * ROW);
    const windows = spliceWindows(sources, { from, to: sources.length }, { side: SIDE, pairs, ends });
    let next = from;
    for (const { tokens, pairs: held, part } of windows) {
      assertEquals(tokens.from, next);
      assert(tokens.to > tokens.from && held.to - held.from <= pairs);
      assert(held.from >= (part > 0 ? ends[part - 1] : 0) && held.to <= ends[part]);
      for (const source of sources.subarray(tokens.from, tokens.to)) {
        assert(source >= SEPARATOR || (source >= held.from && source + SIDE + 1 <= held.to));
      }
      next = tokens.to;
    }
    assertEquals(next, sources.length);
  }));
});
