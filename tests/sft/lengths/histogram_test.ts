import { assert, assertEquals } from "@std/assert";
import { histogramOf } from "../../../src/sft/lengths/histogram.ts";
import { mixedLengths } from "../../support/sft/mixed_lengths.ts";

Deno.test("histogramOf counts every length once, in bars of one round width", () => {
  assertEquals(histogramOf([]), []);
  assertEquals(histogramOf([5]), [
    { from: 0, to: 1, count: 0 },
    ...[1, 2, 3, 4].map((from) => ({
      from,
      to: from + 1,
      count: 0,
    })),
    { from: 5, to: 6, count: 1 },
  ]);
  const lengths = Int32Array.from(mixedLengths(5000, 32768)).sort(), bars = histogramOf(lengths);
  assert(bars.length === 13, `${bars.length} bars`);
  assertEquals(bars[12].to, null);
  for (const { from, to, count } of bars) {
    assertEquals(count, lengths.filter((length) => length >= from && length < (to ?? Infinity)).length);
  }
  const widths = new Set(bars.slice(0, 12).map(({ from, to }) => to! - from));
  assertEquals(widths, new Set([1000]));
});
