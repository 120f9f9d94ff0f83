import { assertEquals } from "@std/assert";
import { occurrencesIn, standardTable } from "../../src/plan/tables/standard.ts";
import { cascadeSum, pairwiseSum } from "../../src/reference/standard_planes.ts";

const BYTES = Float32Array.from({ length: 256 }, (_, byte) => byte);

Deno.test("pairwiseSum and cascadeSum add whole numbers exactly as long as f32 holds them", () => {
  for (const length of [1, 7, 8, 9, 127, 128, 129, 1000, 4099, 65_793]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 37 % 256);
    const sum = bytes.reduce((total, byte) => total + byte, 0);
    assertEquals([pairwiseSum(bytes, BYTES), cascadeSum(bytes, BYTES)], [sum, sum], `${length} bytes`);
  }
});

Deno.test("pairwiseSum and cascadeSum round where f32 does, each in its own order", () => {
  const bytes = new Uint8Array(600_001).fill(255), exact = 255 * 600_001;
  const step = 2 ** (Math.floor(Math.log2(exact)) - 23);
  const sums = [pairwiseSum(bytes, BYTES), cascadeSum(bytes, BYTES)];
  for (const sum of sums) assertEquals(Math.abs(sum - exact) < 8 * step, true, `${sum} of ${exact}`);
  // 2²³ of the first value, and then values that are lost beside so many, in one order alone.
  const values = BYTES.map((byte) => byte === 0 ? 2 ** 23 : byte / 256);
  const first = Uint8Array.from({ length: 129 }, (_, i) => i === 0 ? 0 : 64);
  assertEquals(pairwiseSum(first, values), 2 ** 23 + 30); // 7 quarters lost in the first one's lane
  assertEquals(cascadeSum(first, values), 2 ** 23 + 31); // 3 of them
});

Deno.test("occurrencesIn counts each byte, whatever the length leaves for the last step", () => {
  for (const length of [0, 1, 2, 3, 4, 5, 1023]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * i % 251), counts = Array<number>(256).fill(0);
    for (const byte of bytes) counts[byte]++;
    assertEquals([...occurrencesIn(bytes)], counts, `${length} bytes`);
  }
});

Deno.test("standardTable divides a flat picture by the least deviation", () => {
  const bytes = new Uint8Array(48).fill(7);
  const sums = {
    count: 48,
    sum: (values: Float32Array) => pairwiseSum(bytes, values),
    occurrences: () => Float64Array.from({ length: 256 }, (_, byte) => byte === 7 ? 48 : 0),
  };
  for (const sum of ["numpy", "torch"] as const) {
    const table = standardTable({ sums: sum, least: 0.25 }, sums);
    assertEquals([...table.subarray(6, 9)], [-4, 0, 4], sum);
  }
  assertEquals([...standardTable({ sums: "none", least: 1 }, sums).subarray(6, 9)], [6, 7, 8]);
});
