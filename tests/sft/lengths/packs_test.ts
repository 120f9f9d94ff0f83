import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { VitrailError } from "../../../src/errors.ts";
import { Packer, packsOf } from "../../../src/sft/lengths/packs.ts";
import { mixedLengths } from "../../support/sft/mixed_lengths.ts";

/** First-fit decreasing, pack by pack. */
function firstFit(lengths: readonly number[], capacity: number): number[][] {
  const order = [...lengths.keys()].sort((a, b) => lengths[b] - lengths[a] || a - b);
  const packs: number[][] = [];
  const tokensOf = (pack: readonly number[]) => pack.reduce((sum, index) => sum + lengths[index], 0);
  for (const index of order) {
    const pack = packs.find((pack) => tokensOf(pack) + lengths[index] <= capacity);
    if (pack) pack.push(index);
    else packs.push([index]);
  }
  return packs.map((pack) => pack.sort((a, b) => a - b)).sort(([a], [b]) => a - b);
}

Deno.test("packsOf gives each sample to the first pack that has room, the longest first", () => {
  const cases = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 60 });
  fc.assert(fc.property(cases, (lengths) => assertEquals(packsOf(lengths, 50), firstFit(lengths, 50))));
});

Deno.test("packsOf fills packs of a mixed set of 10 000 samples to 97% and more", () => {
  for (const capacity of [8192, 32768]) {
    const lengths = mixedLengths(10_000, capacity), packs = packsOf(lengths, capacity);
    assertEquals(packs.flat().sort((a, b) => a - b), [...lengths.keys()]);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    assert(total / (packs.length * capacity) >= 0.97, `${packs.length} packs`);
    assertEquals(packsOf(lengths, capacity), packs);
  }
});

Deno.test("packsOf names a sample that is longer than a pack, and a capacity that is none", () => {
  assertThrows(() => packsOf([3, 9], 8), VitrailError, "sample 1 has 9 tokens, a pack holds 8 at most");
  assertThrows(() => packsOf([3], 0.5), VitrailError, "a whole number of tokens from 1, found 0.5");
});

Deno.test("Packer packs windows of the reading order, which stay 97% full", () => {
  const capacity = 8192, lengths = mixedLengths(10_000, capacity);
  const packer = new Packer<{ length: number; index: number }>(capacity), windows = [];
  for (const [index, length] of lengths.entries()) windows.push(packer.add({ length, index }));
  windows.push(packer.finish());
  const full = windows.filter(({ length }) => length > 0), packs = full.flat();
  assert(full.length > 5, `${full.length} windows`);
  assertEquals(packs.flat().map(({ index }) => index).sort((a, b) => a - b), [...lengths.keys()]);
  const ends = full.map((own) => Math.max(...own.flat().map(({ index }) => index)));
  const begins = full.map((own) => Math.min(...own.flat().map(({ index }) => index)));
  assertEquals(begins.slice(1), ends.slice(0, -1).map((end) => end + 1));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  assert(total / (packs.length * capacity) >= 0.97, `${packs.length} packs`);
});
