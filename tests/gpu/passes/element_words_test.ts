import { numbersOf } from "../../../src/engine/verify/compare.ts";
import { elementBits, fillsWords, storeWidth } from "../../../src/gpu/element_words.ts";
import { resolveLayout } from "../../../src/layout/layout.ts";
import { parsePattern } from "../../../src/layout/pattern.ts";
import type { Dtype } from "../../../src/plan/dtype.ts";
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

Deno.test("fillsWords says which layouts fill words", () => {
  const fills = (pattern: string, shape: number[], per: number, sizes = {}) =>
    fillsWords(resolveLayout(parsePattern(pattern), shape, sizes), per);
  assertEquals(fills("c h w -> h w c", [3, 5, 7], 1), true); // one element is a word
  assertEquals(fills("c h w -> c h w", [3, 5, 8], 4), true);
  assertEquals(fills("c h w -> c h w", [3, 5, 6], 4), false); // a row ends within a word
  assertEquals(fills("c h w -> h w c", [3, 8, 8], 2), false);
  assertEquals(fills("c h (w q) -> w c h q", [3, 8, 8], 2, { q: 2 }), true);
  assertEquals(fills("c h (w q) -> w c h q", [3, 8, 9], 2, { q: 3 }), false); // a word would hold two tiles
  assertEquals(fills("c h w -> t c h w", [3, 3, 2], 2, { t: 2 }), true);
  assertEquals(fills("c h w -> h c w t", [3, 2, 2], 2, { t: 2 }), false); // an element beside its copy
});

Deno.test("widestVector says how many words lie side by side, from the window's first element on", () => {
  const widest = (width: number, first: number, dtype: Dtype = "f32") =>
    storeWidth(resolveLayout(parsePattern("c h w -> c h w"), [3, 4, width]), first, dtype);
  assertEquals([0, 1, 2, 4, 6].map((first) => widest(24, first)), [4, 1, 2, 4, 2]);
  assertEquals([24, 25, 26, 28].map((width) => widest(width, 0)), [4, 1, 2, 4]);
  assertEquals([0, 2, 4].map((first) => widest(24, first, "f16")), [2, 1, 2]); // four columns are a group
  assertEquals(widest(24, 0, "u8"), 1);
});
