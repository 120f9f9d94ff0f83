import { assertEquals } from "@std/assert";
import { crossAttentionMask } from "../../src/text/cross_attention.ts";
import { golden } from "../support/golden/golden.ts";

interface Layout {
  side: "left" | "right";
  rows: { length: number; places: number[]; tiles: number[] }[];
  shape: [rows: number, length: number, pictures: number, tiles: number];
  /** Values, each with how many follow one another. */
  mask: number[];
}

const { layouts } = golden<{ layouts: Layout[] }>("cross_attention");

Deno.test(`crossAttentionMask gives Python's, ${layouts.length} layouts`, () => {
  assertEquals(layouts.length, 48);
  for (const { side, rows, shape, mask } of layouts) {
    const [, length, , most] = shape;
    const attended = rows.map(({ length: own, places, tiles }) => ({
      offsets: places.map((place) => place + (side === "left" ? length - own : 0)),
      tiles,
    }));
    const found = crossAttentionMask(attended, length, most);
    const expected = Array.from(
      { length: mask.length / 2 },
      (_, i) => Array(mask[2 * i + 1]).fill(mask[2 * i]),
    );
    assertEquals([...found.data].map(Number), expected.flat());
    assertEquals([...found.shape], shape);
  }
});
