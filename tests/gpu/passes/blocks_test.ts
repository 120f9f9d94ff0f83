import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { VitrailError } from "../../../src/errors.ts";
import { bandsOf, blocksOf, sourceRange } from "../../../src/gpu/passes/blocks.ts";
import { type Box, lengthOf } from "../../../src/plan/geometry.ts";
import { tapsOf } from "../../../src/plan/tables/taps.ts";

// A single output pixel weighs 60 × 60 source pixels at most, which fit.
const axis = fc.record({ size: fc.integer({ min: 1, max: 60 }), length: fc.integer({ min: 1, max: 900 }) });

Deno.test("blocksOf covers what is visible once, and no source passes the limit (law)", () => {
  fc.assert(fc.property(axis, axis, (across, down) => {
    const [x, y] = [across, down].map(({ size, length }) => (
      tapsOf({ filter: "bilinear", size, from: 0, to: size, length })
    ));
    const wordsOf = ({ left, top, right, bottom }: Box) => {
      const columns = sourceRange(x, { from: left, to: right }),
        lines = sourceRange(y, { from: top, to: bottom });
      return Math.max(lengthOf(columns), right - left) * lengthOf(lines);
    };
    const visible = { left: 0, top: 0, right: across.length, bottom: down.length };
    const made = new Uint8Array(across.length * down.length);
    for (const part of blocksOf(visible, 4000, wordsOf)) {
      assert(wordsOf(part) <= 4000);
      for (let line = part.top; line < part.bottom; line++) {
        for (let column = part.left; column < part.right; column++) made[line * across.length + column]++;
      }
    }
    assert(made.every((times) => times === 1));
  }));
});

Deno.test("blocksOf takes a box whole where it fits, and refuses a pixel that does not", () => {
  const box = { left: 3, top: 1, right: 9, bottom: 4 };
  assertEquals(blocksOf(box, 1, () => 1), [box]);
  assertEquals(blocksOf({ ...box, right: 3 }, 1, () => 2), []);
  const error = assertThrows(() => blocksOf(box, 1, () => 2), VitrailError, "one output pixel");
  assertEquals(error.code, "limit");
});

Deno.test("bandsOf refuses a line that does not fit", () => {
  assertEquals(bandsOf(2, 1, () => 1), [{ from: 0, to: 2 }]);
  const error = assertThrows(() => bandsOf(2, 1, () => 2), VitrailError, "one line of a view");
  assertEquals(error.code, "limit");
});

Deno.test("blocksOf cuts a canvas, whose lines follow one another, into blocks of whole lines", () => {
  const width = 153_600, lines = 1920, canvas = { left: 0, top: 0, right: width, bottom: lines };
  const wordsOf = ({ left, top, right, bottom }: Box) => (bottom - 1 - top) * width + right - left;
  const parts = blocksOf(canvas, 2 ** 25, wordsOf);
  assertEquals(parts.length, 16);
  assert(parts.every(({ left, right }) => left === 0 && right === width));
});
