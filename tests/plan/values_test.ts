import { assert, assertEquals } from "@std/assert";
import { filledValue, type Normalisation, valueTable } from "../../src/plan/tables/values.ts";

const RULE: Omit<Normalisation, "rounding"> = {
  rescale: 1 / 255,
  normalize: { mean: [0.5, 0.48, 0.4], std: [0.5, 0.27, 0.28] },
};

Deno.test("valueTable gives bfloat16 values, each within a few units of the exact one", () => {
  const table = valueTable({ rounding: "bfloat16", ...RULE });
  const exact = valueTable({ rounding: "numpy", ...RULE });
  const bits = new Uint32Array(table.buffer);
  assert(bits.every((word) => (word & 0xffff) === 0), "some value is no bfloat16");
  // The byte's share, the mean and the difference are within 2^-9 of 1, and the quotient is rounded again.
  assert(table.every((value, i) => Math.abs(value - exact[i]) < 4 * 2 ** -9 / 0.27), "some value is far off");
  assert(table.some((value, i) => value !== exact[i]));
  const [first, middle, last] = [table[0], table[128], table[255]];
  assertEquals([first, middle, last], [-1, 0.0078125, 1]);
});

Deno.test("valueTable gives f32 values with bfloat16 where bytes are only rescaled", () => {
  const { rescale } = RULE;
  assertEquals(valueTable({ rounding: "bfloat16", rescale }), valueTable({ rounding: "fused", rescale }));
});

Deno.test("filledValue gives the values of a byte, and of numbers that are none", () => {
  const rule: Normalisation = { rounding: "fused", ...RULE }, table = valueTable(rule);
  for (const byte of [0, 7, 255]) {
    assertEquals(filledValue(rule, byte), [table[byte], table[256 + byte], table[512 + byte]]);
  }
  const [red, green, blue] = filledValue(rule, -1);
  assert(red < table[0] && green < table[256] && blue < table[512]);
  assertEquals(filledValue({ rounding: "fused" }, -1), [-1, -1, -1]);
});
