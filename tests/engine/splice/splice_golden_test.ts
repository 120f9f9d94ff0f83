import { assertEquals } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { onEngines } from "../../support/executors.ts";
import { goldenFeatures, recipeOfTile } from "../../support/features.ts";
import { assertGolden, golden } from "../../support/golden/golden.ts";
import { checkCalls } from "../../support/golden/golden_calls.ts";

/** Features of pictures of these grids, spliced by the reference code. */
interface Call {
  tile: 336 | 560;
  C: number;
  shapes_hw: [number, number][];
  lengths: number[];
  out: { shape: number[]; sha256: string };
}

const { records } = golden<{ records: Call[] }>("features");

onEngines("Engine.splice gives the reference code's tokens, every byte", async (engine) => {
  assertEquals(records.length, 12);
  await using reference = await Engine.open({ executor: "reference" });
  await checkCalls(`features (${engine.executor})`, records, async ({ tile, C, shapes_hw, lengths, out }) => {
    const { images, features, newline, separator } = goldenFeatures(tile, C, shapes_hw);
    const tokensOf = (engine: Engine) => {
      return engine.splice(recipeOfTile(tile), features, images, { newline, separator });
    };
    const { lengths: found, offsets, tokens } = await tokensOf(engine);
    const label = `tiles of ${tile}, ${C} channels, ${JSON.stringify(shapes_hw)}`;
    assertEquals(found, lengths, label);
    assertEquals(offsets, lengths.map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0)), label);
    assertEquals(tokens.shape, out.shape, label);
    const { name: output, dtype, shape } = tokens, subject = { label, output, dtype, shape };
    await assertGolden(await tokens.bytes(), out.sha256, subject, async () => {
      return await (await tokensOf(reference)).tokens.bytes();
    });
  });
});
