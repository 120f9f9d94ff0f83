import { assertEquals } from "@std/assert";
import { onEngines } from "../../support/executors.ts";
import { goldenFeatures, recipeOfTile } from "../../support/features.ts";
import { golden, sha256 } from "../../support/golden/golden.ts";

interface Case {
  tile: 336 | 560;
  C: number;
  shapes_hw: [number, number][];
  lengths: number[];
  out: { shape: number[]; sha256: string };
}

const { records } = golden<{ records: Case[] }>("features");

onEngines("splice golden: every case is the reference code's, every byte", async (engine) => {
  for (const { tile, C, shapes_hw, lengths, out } of records) {
    const { images, features, newline, separator } = goldenFeatures(tile, C, shapes_hw);
    const made = await engine.splice(recipeOfTile(tile), features, images, { newline, separator });
    const label = `${tile}, ${C} channels, ${JSON.stringify(shapes_hw)}`;
    assertEquals(made.lengths, lengths, label);
    assertEquals(made.offsets, lengths.map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0)), label);
    assertEquals(made.tokens.shape, out.shape, label);
    assertEquals(sha256(await made.tokens.bytes()), out.sha256, label);
  }
  assertEquals(records.length, 12);
});
