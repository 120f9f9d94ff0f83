import { assertEquals } from "@std/assert";
import { resolveLayout } from "../../src/layout/layout.ts";
import { parsePattern } from "../../src/layout/pattern.ts";
import { countOf } from "../../src/layout/shape.ts";
import { gather, scatter } from "../support/layout/apply.ts";
import { leftShape, rearrangeNaively } from "../support/layout/naive.ts";

/** The patterns that models need, with sizes that differ wherever they may. */
const CASES: { name: string; pattern: string; sizes: Record<string, number>; output: number[] }[] = [
  {
    name: "tiles",
    pattern: "c (h p) (w q) -> (h w) c p q",
    sizes: { c: 3, h: 2, p: 4, w: 5, q: 3 },
    output: [10, 3, 4, 3],
  },
  {
    name: "stacked tiles",
    pattern: "n c (h p) (w q) -> (n h w) c p q",
    sizes: { n: 2, c: 3, h: 2, p: 3, w: 4, q: 5 },
    output: [16, 3, 3, 5],
  },
  {
    name: "qwen patches",
    pattern: "c (h m p) (w n q) -> (h w m n) (c t p q)",
    sizes: { c: 3, h: 2, m: 2, p: 4, w: 3, n: 2, q: 5, t: 2 },
    output: [24, 120],
  },
  {
    name: "feature merge",
    pattern: "t (h a) (w b) c -> t h w (a b c)",
    sizes: { t: 2, h: 3, a: 2, w: 4, b: 2, c: 5 },
    output: [2, 3, 4, 20],
  },
  { name: "two repeats", pattern: "a b -> r b (s a)", sizes: { a: 2, b: 3, r: 2, s: 4 }, output: [2, 3, 8] },
  { name: "added ones", pattern: "1 a b -> b 1 a 1", sizes: { a: 2, b: 3 }, output: [3, 1, 2, 1] },
  { name: "an empty group", pattern: "a -> a ()", sizes: { a: 4 }, output: [4, 1] },
];

for (const { name, pattern, sizes, output } of CASES) {
  Deno.test(`resolveLayout moves every element as nested loops do: ${name}`, () => {
    const shape = leftShape(pattern, sizes);
    const values = Array.from({ length: countOf(shape) }, (_, index) => index);
    const layout = resolveLayout(parsePattern(pattern), shape, sizes);
    const expected = rearrangeNaively(pattern, values, sizes);
    assertEquals(layout.inputShape, shape);
    assertEquals(layout.outputShape, output);
    assertEquals(layout.outputShape, expected.shape);
    assertEquals(scatter(layout, values), expected.values);
    assertEquals(gather(layout, values), expected.values);
  });
}

Deno.test("resolveLayout gives the article's reshape, permute, reshape, with sizes spelt out", () => {
  const layout = resolveLayout(parsePattern("n c (h 336) (w 336) -> (n h w) c 336 336"), [2, 3, 1680, 1008]);
  assertEquals(layout.outputShape, [30, 3, 336, 336]);
  assertEquals(layout.repeats, [0]);
  assertEquals(layout.digits, [
    { name: "n", size: 2, inputStride: 3 * 1680 * 1008 },
    { name: "h", size: 5, inputStride: 336 * 1008 },
    { name: "w", size: 3, inputStride: 336 },
    { name: "c", size: 3, inputStride: 1680 * 1008 },
    { name: "336#1", size: 336, inputStride: 1008 },
    { name: "336#2", size: 336, inputStride: 1 },
  ]);
});

Deno.test("resolveLayout pairs equal integers in order, unequal ones by value", () => {
  const named = resolveLayout(parsePattern("(h p) (w q) -> q h p w"), [4, 9], { p: 2, q: 3 });
  const spelt = resolveLayout(parsePattern("(h 2) (w 3) -> 3 h 2 w"), [4, 9]);
  assertEquals(spelt.offsets, named.offsets);
  const twins = resolveLayout(parsePattern("2 c 2 -> c 2 2"), [2, 3, 2]);
  const twinsNamed = resolveLayout(parsePattern("a c b -> c a b"), [2, 3, 2]);
  assertEquals(twins.offsets, twinsNamed.offsets);
});

Deno.test("resolveLayout infers one size in each group", () => {
  const pattern = parsePattern("c (h m p) (w n q) -> (h w m n) (c t p q)");
  const layout = resolveLayout(pattern, [3, 56, 84], { p: 14, q: 14, m: 2, n: 2, t: 2 });
  assertEquals(layout.outputShape, [24, 1176]);
});

Deno.test("resolveLayout leaves a tensor without elements without", () => {
  const layout = resolveLayout(parsePattern("n c -> c n"), [0, 3]);
  assertEquals(layout.outputShape, [3, 0]);
  assertEquals(scatter(layout, []), []);
  assertEquals(gather(layout, []), []);
});
