import { assertEquals } from "@std/assert";
import { intsOf, longsOf } from "../../src/text/long_tensor.ts";

Deno.test("intsOf undoes longsOf, of whole tensors and of parts", () => {
  const values = Int32Array.of(0, 1, -1, 2 ** 31 - 1, -(2 ** 31), -100), longs = longsOf(values);
  assertEquals(longs, BigInt64Array.from(values, BigInt));
  assertEquals(intsOf(longs), values);
  assertEquals(intsOf(longs.subarray(2, 5)), values.subarray(2, 5));
});
