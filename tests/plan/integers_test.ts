import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { integerData, type IntegerOutput } from "../../src/plan/integers.ts";

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
