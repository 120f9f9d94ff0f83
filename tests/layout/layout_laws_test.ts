import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { resolveLayout } from "../../src/layout/layout.ts";
import { parsePattern } from "../../src/layout/pattern.ts";
import { countOf } from "../../src/layout/shape.ts";
import { gather, scatter } from "../support/layout/apply.ts";
import { leftShape, rearrangeNaively } from "../support/layout/naive.ts";

/** The names given to groups of random sizes: `[["a", "b"], ["c"]]` is `(a b) c`. */
function sideText(names: readonly string[], cuts: readonly number[]): string {
  const groups: string[][] = [];
  let rest = [...names];
  for (const cut of cuts) {
    groups.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  if (rest.length > 0) groups.push(rest);
  return groups.map((group) => group.length === 1 ? group[0] : `(${group.join(" ")})`).join(" ");
}

/** A random rearrangement: its axes in any order and grouping on both sides, `repeats` only on the right. */
function rearrangements(maxRepeats: number) {
  const cuts = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
  return fc.integer({ min: 1, max: 5 }).chain((count) =>
    fc.integer({ min: 0, max: maxRepeats }).chain((repeats) => {
      const names = [..."abcdefg"].slice(0, count);
      const added = [..."xyz"].slice(0, repeats);
      return fc.record({
        left: fc.shuffledSubarray(names, { minLength: count }),
        right: fc.shuffledSubarray([...names, ...added], { minLength: count + repeats }),
        sizes: fc.array(fc.integer({ min: 1, max: 4 }), {
          minLength: count + repeats,
          maxLength: count + repeats,
        }),
        leftCuts: cuts,
        rightCuts: cuts,
      }).map(({ left, right, sizes, leftCuts, rightCuts }) => ({
        left: sideText(left, leftCuts),
        right: sideText(right, rightCuts),
        sizes: Object.fromEntries([...names, ...added].map((name, index) => [name, sizes[index]])),
      }));
    })
  );
}

/** 0, 1, 2, … as many as a tensor of `shape` holds. */
function counting(shape: readonly number[]): number[] {
  return Array.from({ length: countOf(shape) }, (_, index) => index);
}

Deno.test("resolveLayout scatters and gathers as nested loops do (law)", () => {
  fc.assert(fc.property(rearrangements(2), ({ left, right, sizes }) => {
    const pattern = `${left} -> ${right}`;
    const shape = leftShape(pattern, sizes);
    const values = counting(shape);
    const layout = resolveLayout(parsePattern(pattern), shape, sizes);
    const expected = rearrangeNaively(pattern, values, sizes);
    assertEquals(layout.outputShape, expected.shape);
    assertEquals(scatter(layout, values), expected.values);
    assertEquals(gather(layout, values), expected.values);
  }));
});

Deno.test("resolveLayout gives the tensor back by a rearrangement and its inverse (law)", () => {
  fc.assert(fc.property(rearrangements(0), ({ left, right, sizes }) => {
    const shape = leftShape(`${left} -> ${right}`, sizes);
    const values = counting(shape);
    const there = resolveLayout(parsePattern(`${left} -> ${right}`), shape, sizes);
    const back = resolveLayout(parsePattern(`${right} -> ${left}`), there.outputShape, sizes);
    assertEquals(back.outputShape, shape);
    assertEquals(scatter(back, scatter(there, values)), values);
  }));
});

Deno.test("resolveLayout keeps every element, as often as the repeats say (law)", () => {
  fc.assert(fc.property(rearrangements(2), ({ left, right, sizes }) => {
    const pattern = `${left} -> ${right}`;
    const shape = leftShape(pattern, sizes);
    const values = counting(shape);
    const layout = resolveLayout(parsePattern(pattern), shape, sizes);
    const kept = scatter(layout, values).sort((a, b) => a - b);
    assertEquals(kept, values.flatMap((value) => layout.repeats.map(() => value)));
  }));
});

Deno.test("resolveLayout changes nothing where it infers one size of each group (law)", () => {
  fc.assert(fc.property(rearrangements(1), ({ left, right, sizes }) => {
    const pattern = parsePattern(`${left} -> ${right}`);
    const shape = leftShape(pattern.text, sizes);
    const inferred = new Set(pattern.left.map((axis) => axis[0]?.name));
    const given = Object.fromEntries(Object.entries(sizes).filter(([name]) => !inferred.has(name)));
    assertEquals(resolveLayout(pattern, shape, given), resolveLayout(pattern, shape, sizes));
  }));
});
