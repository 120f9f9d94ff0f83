import { assert, assertEquals } from "@std/assert";
import { lengthSummary } from "../../../src/sft/lengths/length_summary.ts";
import { mixedLengths } from "../../support/sft/mixed_lengths.ts";

Deno.test("lengthSummary gives counts that occur, padding that grows, and packs", () => {
  const lengths = mixedLengths(1000, 8192), summary = lengthSummary(lengths, { capacity: 8192 });
  const { total, min, median, p90, p99, max, padding, packing } = summary;
  assertEquals(total, lengths.reduce((sum, length) => sum + length));
  for (const [count, share] of [[median, 0.5], [p90, 0.9], [p99, 0.99], [max, 1]]) {
    assert(lengths.includes(count));
    assert(lengths.filter((length) => length <= count).length >= share * 1000);
    assert(lengths.filter((length) => length < count).length < share * 1000);
  }
  assertEquals(min, Math.min(...lengths));
  assertEquals(padding.map(({ batch }) => batch), [1, 2, 4, 8, 16, 32, 64]);
  assertEquals(padding[0].share, 0);
  for (let i = 1; i < padding.length; i++) assert(padding[i].share > padding[i - 1].share);
  assert(packing.share < 0.01 && !packing.asked, JSON.stringify(packing));
  assertEquals(packing.share, 1 - total / (packing.sequences * 8192));
  const asked = lengthSummary([3, 3], { capacity: 4, sequences: 2 }).packing;
  assertEquals(asked, { capacity: 4, sequences: 2, share: 0.25, asked: true });
  assertEquals(lengthSummary([5, 3], {}).packing, {
    capacity: 5,
    sequences: 2,
    share: 1 - 8 / 10,
    asked: false,
  });
});
