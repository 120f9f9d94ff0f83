import { assert, assertEquals } from "@std/assert";
import { RowShapes } from "../../../src/plan/images/row_shapes.ts";

Deno.test("RowShapes gives one object for sizes of one value, and another for others", () => {
  const shapes = new RowShapes(), canvas = { width: 8, height: 8 };
  const cut = (sizes: Record<string, number>) =>
    shapes.of(canvas, { pattern: "c (h p) (w q) -> (h w) c p q", sizes });
  const sizes = { p: 4, q: 4 }, first = cut(sizes);
  assert(cut({ p: 4, q: 4 }) === first);
  assertEquals([first.rows, first.shape], [4, [3, 4, 4]]);
  sizes.p = 2;
  assertEquals([cut(sizes).rows, cut(sizes).shape], [8, [3, 2, 4]]);
});
