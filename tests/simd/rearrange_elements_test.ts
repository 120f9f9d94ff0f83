import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { resolveLayout } from "../../src/layout/layout.ts";
import { parsePattern } from "../../src/layout/pattern.ts";
import { countOf } from "../../src/layout/shape.ts";
import { rearrange } from "../../src/reference/rearrange.ts";
import { rearrangeElements } from "../../src/simd/rearrange_elements.ts";

const PATTERNS: [string, readonly string[], readonly string[]][] = [
  ["c (h p) (w q) -> (h w) c p q", ["c", "h", "p", "w", "q"], []],
  ["a b c d -> d b a c", ["a", "b", "c", "d"], []],
  ["a b -> a b", ["a", "b"], []],
  ["t (h a) (w b) c -> t h w (a b c)", ["t", "h", "a", "w", "b", "c"], []],
  ["c (h m p) (w n q) -> (h w m n) (c t p q)", ["c", "h", "m", "p", "w", "n", "q"], ["t"]],
  ["a b -> a b t", ["a", "b"], ["t"]],
];

Deno.test("rearrangeElements places every element as the reference does", () => {
  const size = fc.integer({ min: 1, max: 21 }); // on both sides of what is moved by a call
  for (const [text, axes, repeated] of PATTERNS) {
    const pattern = parsePattern(text);
    fc.assert(
      fc.property(fc.array(size, { minLength: 8, maxLength: 8 }), (drawn) => {
        const sizes = Object.fromEntries([...axes, ...repeated].map((axis, i) => [axis, drawn[i] % 6 + 1]));
        sizes[axes.at(-1)!] = drawn[7];
        const shape = pattern.left.map((axis) => countOf(axis.map(({ name }) => sizes[name])));
        const layout = resolveLayout(pattern, shape, sizes);
        const words = Uint16Array.from({ length: countOf(shape) }, (_, i) => i * 40503);
        assertEquals(rearrangeElements(words, layout), rearrange(words, layout));
      }),
      { numRuns: 30 },
    );
  }
});

Deno.test("rearrangeElements strides in blocks, the last one shorter", () => {
  const layout = resolveLayout(parsePattern("n c q -> c (n q)"), [150, 64, 16]); // strides of 2 KiB
  const words = Uint16Array.from({ length: countOf(layout.inputShape) }, (_, i) => i * 40503);
  assertEquals(rearrangeElements(words, layout), rearrange(words, layout));
});
