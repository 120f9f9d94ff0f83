import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { VitrailError } from "../../src/errors.ts";
import { integerData, type IntegerOutput, intsOf, longsOf } from "../../src/plan/integers.ts";

const DTYPES: readonly IntegerOutput["dtype"][] = ["i64", "i32", "f32", "bool"];

const size = fc.record({ width: fc.integer({ min: 0, max: 9 }), height: fc.integer({ min: 0, max: 7 }) });

Deno.test("integerData gives the array of each element type", () => {
  const kinds = DTYPES.map((dtype) => integerData({ dtype, shape: [2], values: [0, 1] }).constructor.name);
  assertEquals(kinds, ["BigInt64Array", "Int32Array", "Float32Array", "Uint8Array"]);
});

Deno.test("integerData fills masks as their ones say (law)", () => {
  fc.assert(
    fc.property(fc.array(size, { minLength: 1, maxLength: 4 }), fc.constantFrom(...DTYPES), (ones, dtype) => {
      const shape = [ones.length, 7, 9],
        data = Array.from(integerData({ dtype, shape, values: { ones } }), Number);
      const expected = ones.flatMap(({ width, height }) =>
        Array.from({ length: 63 }, (_, i) => i % 9 < width && Math.floor(i / 9) < height ? 1 : 0)
      );
      assertEquals(data, expected);
    }),
  );
});

Deno.test("integerData gives a grid's positions, and -1 after them (law)", () => {
  fc.assert(
    fc.property(
      fc.array(size, { minLength: 1, maxLength: 4 }),
      fc.constantFrom("i64", "i32"),
      (grids, dtype) => {
        const most = Math.max(...grids.map(({ width, height }) => width * height)) + 2;
        const output = { dtype, shape: [grids.length, most, 2], values: { grids } } as const;
        const data = Array.from(integerData({ ...output, shape: [...output.shape] }), Number);
        const expected = grids.flatMap(({ width, height }) =>
          Array.from(
            { length: most },
            (_, i) => i < width * height ? [i % width, Math.floor(i / width)] : [-1, -1],
          )
        );
        assertEquals(data, expected.flat());
      },
    ),
  );
});

Deno.test("intsOf undoes longsOf, of whole tensors and of parts", () => {
  const values = Int32Array.of(0, 1, -1, 2 ** 31 - 1, -(2 ** 31), -100), longs = longsOf(values);
  assertEquals(longs, BigInt64Array.from(values, BigInt));
  assertEquals(intsOf(longs), values);
  assertEquals(intsOf(longs.subarray(2, 5)), values.subarray(2, 5));
});

Deno.test("longsOf takes whole numbers of up to 53 bits", () => {
  const most = Number.MAX_SAFE_INTEGER, values = [2 ** 31, 2 ** 32, 2 ** 32 - 1, -(2 ** 32) - 1, most, -most];
  assertEquals(longsOf(values), BigInt64Array.from(values, BigInt));
});

Deno.test("integerData refuses numbers of i64 that are not whole", () => {
  for (const [value, text] of [[0.5, "0.5"], [NaN, "NaN"], [Infinity, "Infinity"]] as const) {
    const output: IntegerOutput = { dtype: "i64", shape: [2], values: [3, value] };
    const { code, message } = assertThrows(() => integerData(output), VitrailError);
    assertEquals([code, message], ["recipe", `an output of i64 has ${text} at 1, which is no whole number`]);
  }
});
