import { numbersOf } from "../../../src/engine/verify/compare.ts";
import { elementBits } from "../../../src/gpu/element_words.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues, valueTable } from "../../../src/plan/tables/values.ts";
import { toDtype } from "../../../src/reference/rounding.ts";
import { assertEquals } from "@std/assert";

Deno.test("elementBits rounds tables as the reference rounds", () => {
  const table = valueTable(torchvisionValues(CLIP_MEAN, CLIP_STD));
  const ties = Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -8, 1 + 3 * 2 ** -8, -0, 65519, 1e-7);
  for (const values of [table, ties]) {
    for (const dtype of ["f32", "f16", "bf16"] as const) {
      const width = dtype === "f32" ? 4 : 2;
      const bytes = new Uint8Array(values.length * width), words = elementBits(values, dtype);
      words.forEach((word, i) => {
        for (let b = 0; b < width; b++) bytes[i * width + b] = word >>> b * 8;
      });
      assertEquals(numbersOf(bytes, dtype), numbersOf(toDtype(values, dtype), dtype), dtype);
    }
  }
  // Bytes are modulo 256, as a Uint8Array takes them.
  assertEquals([...elementBits(Float32Array.of(0, 7, 255, -1), "u8")], [0, 7, 255, 255]);
});
