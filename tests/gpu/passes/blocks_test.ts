import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { blocksOf } from "../../../src/gpu/passes/blocks.ts";
import { lengthOf } from "../../../src/plan/geometry.ts";
import { tapsOf } from "../../../src/plan/tables/taps.ts";

// A single output pixel weighs 60 × 60 source pixels at most, which fit.
const axis = fc.record({ size: fc.integer({ min: 1, max: 60 }), length: fc.integer({ min: 1, max: 900 }) });

Deno.test("blocksOf covers what is visible once, and neither sources nor rows pass the limits (law)", () => {
  const limits = { side: 400, area: 4000 };
  fc.assert(fc.property(axis, axis, (across, down) => {
    const [x, y] = [across, down].map(({ size, length }) => (
      tapsOf({ filter: "bilinear", size, from: 0, to: size, length })
    ));
    const visible = { left: 0, top: 0, right: across.length, bottom: down.length };
    let covered = 0;
    for (const { columns, lines, source } of blocksOf(x, y, visible, limits)) {
      const width = lengthOf(source.columns), height = lengthOf(source.lines);
      assert(Math.max(width, height, lengthOf(columns)) <= limits.side);
      assert(width * height <= limits.area, "source");
      assert(lengthOf(columns) * height <= limits.area, "lines");
      covered += lengthOf(columns) * lengthOf(lines);
    }
    assertEquals(covered, across.length * down.length);
  }));
});
