import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { fused } from "../../src/plan/tables/fused.ts";

const float = new Float32Array(1), bits = new Int32Array(float.buffer);

/** A finite f32 as a whole number of its smallest units, 2⁻¹⁴⁹. */
function unitsOf(value: number): bigint {
  return BigInt(value * 2 ** 149); // exact in f64, which holds far larger numbers
}

/** The f32 beside `value`, one step up or down. */
function beside(value: number, step: number): number {
  float[0] = value;
  if (value === 0) return step * 2 ** -149;
  bits[0] += value > 0 ? step : -step;
  return float[0];
}

const drawn = fc.tuple(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), fc.integer({ min: -30, max: 6 }))
  .map(([mantissa, exponent]) => mantissa * 2 ** exponent);

Deno.test("fused is the nearest f32 of the exact sum (law)", () => {
  let inexact = 0;
  fc.assert(
    fc.property(drawn, drawn, drawn, (a, b, c) => {
      const made = fused(a, b, c), scale = 2n ** 149n;
      const exact = unitsOf(a) * unitsOf(b) + unitsOf(c) * scale;
      const distance = (value: number) => {
        const away = exact - unitsOf(value) * scale;
        return away < 0n ? -away : away;
      };
      if (made !== Math.fround(Math.fround(a * b) + c)) inexact++;
      for (const other of [beside(made, 1), beside(made, -1)]) {
        const [own, others] = [distance(made), distance(other)];
        float[0] = made;
        const even = (bits[0] & 1) === 0;
        if (own > others || own === others && !even) {
          throw new Error(`${made} of ${a} · ${b} + ${c}: ${other}`);
        }
      }
    }),
    { numRuns: 2000 },
  );
  assertEquals(inexact > 0, true, "no drawn sum tells a fused sum from another");
});

Deno.test("fused rounds once, where f64 alone would round twice", () => {
  // The exact sum is 1 + 2⁻²³ + 2⁻²⁴ − 2⁻⁷⁰, just below the middle between two f32. In f64 it is that middle.
  const a = (1 + 2 ** -23) * 2 ** -12, b = (1 - 2 ** -23) * 2 ** -12, c = 1 + 2 ** -23;
  assertEquals(fused(a, b, c), c);
  assertEquals(Math.fround(a * b + c), 1 + 2 ** -22);
  assertEquals(fused(-a, b, -c), -c);
  assertEquals(fused(-3, 5, 15), 0);
});
