import { assertEquals } from "@std/assert";
import { inSetOrder } from "../../../src/recipes/families/patches/python_set.ts";

/** Pairs, and the order in which `list(set(pairs))` of CPython 3.11 gave them. */
const CASES: [pairs: [number, number][], ordered: [number, number][]][] = [
  [[[1, 1], [1, 2], [2, 1], [2, 2]], [[1, 1], [1, 2], [2, 1], [2, 2]]],
  [[[2, 2], [2, 3], [3, 2], [3, 3]], [[2, 3], [3, 2], [3, 3], [2, 2]]],
  [[[3, 3], [3, 4], [4, 3], [4, 4]], [[4, 4], [3, 3], [3, 4], [4, 3]]],
  [[[18, 18], [18, 19], [19, 18], [19, 19]], [[19, 18], [19, 19], [18, 18], [18, 19]]],
  [[[36, 64], [36, 65], [37, 64], [37, 65]], [[37, 65], [36, 64], [36, 65], [37, 64]]],
  [[[0, 4], [0, 5], [1, 4], [1, 5]], [[1, 4], [0, 4], [0, 5], [1, 5]]],
  [[[5, 140], [5, 141], [6, 140], [6, 141]], [[6, 141], [5, 140], [5, 141], [6, 140]]],
  [[[7, 9], [7, 10], [7, 9], [7, 10]], [[7, 9], [7, 10]]],
];

for (const [pairs, ordered] of CASES) {
  Deno.test(`inSetOrder orders ${JSON.stringify(pairs)} as CPython does`, () => {
    assertEquals(inSetOrder(pairs), ordered);
  });
}
