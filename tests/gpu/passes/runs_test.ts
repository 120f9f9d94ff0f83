import { assert, assertEquals } from "@std/assert";
import { LONGEST_RUN, runsOf } from "../../../src/gpu/passes/runs.ts";
import { resolveLayout } from "../../../src/layout/layout.ts";
import { parsePattern } from "../../../src/layout/pattern.ts";
import { countOf } from "../../../src/layout/shape.ts";
import { rearrange } from "../../../src/reference/rearrange.ts";

const { fromEntries, entries } = Object;

/** A pattern with its axes' sizes, and of how many elements its runs' places and lengths are multiples. */
const CASES: [pattern: string, sizes: Record<string, number>, multiple: number][] = [
  ["a -> a 1", { a: 4095 }, 1],
  ["a -> a 1", { a: 4096 }, 4],
  ["a -> a 1", { a: 4097 }, 1], // a run and one element
  ["a -> a 1", { a: 8194 }, 2],
  ["a b -> b a", { a: 3, b: 5000 }, 4], // a quarter of all b is a multiple, and so is what is left
  ["a b -> a b", { a: 3, b: 5000 }, 4],
  ["a b c -> b a c", { a: 3, b: 5, c: 300 }, 4], // four of five b in a run, and the fifth
  ["a b c -> b a c", { a: 7, b: 3, c: 6 }, 2],
  ["c (h p) (w q) -> (h w) c p q", { c: 3, h: 2, p: 28, w: 3, q: 28 }, 4],
  ["c (h p) (w q) -> (h w) c p q", { c: 3, h: 2, p: 5, w: 3, q: 5 }, 2], // all of it is one run
  ["a b -> a t b", { a: 70, b: 90, t: 2 }, 4],
  ["a b -> t a b", { a: 1, b: 1, t: 5000 }, 4],
];

function layoutOf(text: string, sizes: Record<string, number>) {
  const pattern = parsePattern(text);
  const shape = pattern.left.map((axis) => countOf(axis.map(({ name }) => sizes[name])));
  const named = fromEntries(entries(sizes).filter(([name]) => new RegExp(`\\b${name}\\b`).test(text)));
  return resolveLayout(pattern, shape, named);
}

/** The place of no element. */
const NONE = 0xffffffff;

/** Returns where each element of an output comes from, as runs have it, and a digit that is apart. */
function placesOf(
  { runs, offsets, step }: ReturnType<typeof runsOf>,
  count: number,
  { size, inputStride } = { size: 1, inputStride: 0 },
): Uint32Array {
  const places = new Uint32Array(count).fill(NONE);
  for (let run = 0; run < runs.length; run += 3) {
    const [input, output, length] = runs.subarray(run, run + 3);
    for (let value = 0; value < size; value++) {
      const to = output + value * step, from = input + value * inputStride;
      for (let k = 0; k < length; k++) places[to + k] = from + offsets[k];
    }
  }
  return places;
}

Deno.test("runsOf has every element once, in runs that are no longer than asked for", () => {
  for (const [pattern, sizes, multiple] of CASES) {
    const layout = layoutOf(pattern, sizes), count = countOf(layout.outputShape);
    const indices = Uint32Array.from({ length: countOf(layout.inputShape) }, (_, i) => i);
    for (const longest of [LONGEST_RUN, 64, 4, 1]) {
      const label = `${pattern} ${JSON.stringify(sizes)}, ${longest}`, runs = runsOf(layout, longest);
      assert(runs.offsets.length <= longest, label);
      if (longest === LONGEST_RUN) assertEquals(runs.multiple, multiple, label);
      const expected = rearrange(indices, layout);
      assertEquals(placesOf(runs, count), expected, label);
      for (const [i, digit] of layout.digits.entries()) {
        assertEquals(placesOf(runsOf(layout, longest, i), count, digit), expected, `${label}, ${i} apart`);
      }
    }
  }
});

Deno.test("runsOf has the runs of a layout's own copies alone", () => {
  const layout = layoutOf("c (h p) (w q) -> (h w) c t p q", { c: 3, h: 2, p: 2, w: 3, q: 5, t: 3 });
  const count = countOf(layout.outputShape), all = placesOf(runsOf(layout), count);
  const joined = new Uint32Array(count).fill(NONE);
  for (const copies of [[1], [0, 2]]) {
    const own = placesOf(runsOf({ ...layout, repeats: copies.map((copy) => layout.repeats[copy]) }), count);
    for (const [at, place] of own.entries()) {
      if (place === NONE) continue;
      assertEquals(joined[at], NONE);
      joined[at] = place;
    }
    assertEquals(own.filter((place) => place !== NONE).length, count / 3 * copies.length);
  }
  assertEquals(joined, all);
});
