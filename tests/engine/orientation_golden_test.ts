import { assertEquals } from "@std/assert";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { runVerified } from "../support/compare/assert_verified.ts";
import { onEngines } from "../support/executors.ts";
import { assertGolden, golden } from "../support/golden/golden.ts";
import { checkCalls } from "../support/golden/golden_calls.ts";

/**
 * The size and hash of what Pillow's `ImageOps.exif_transpose` and `convert("RGB")` make of `turned-N.jpg`,
 * by N.
 */
const UPRIGHT = golden<Record<string, { size: [number, number]; sha256: string }>>("orientation");

onEngines("Engine.run applies EXIF orientations as Pillow's exif_transpose does", async (engine) => {
  const calls = Object.entries(UPRIGHT), suite = `orientation (${engine.executor})`;
  await checkCalls(suite, calls, async ([orientation, { size: [width, height], sha256 }]) => {
    const label = `orientation ${orientation}`;
    const file = new URL(`../fixtures/codecs/turned-${orientation}.jpg`, import.meta.url);
    const recipe = customRecipe({ size: { width, height }, layout: "c h w -> 1 h w c" });
    const { images, pixelValues } = await engine.run(recipe, [file], { orient: "exif", dtype: "u8" });
    assertEquals(images[0].size, { width, height }, label);
    const { name: output, dtype, shape } = pixelValues;
    await assertGolden(await pixelValues.bytes(), sha256, { label, output, dtype, shape });
  });
});

onEngines("Engine.run ignores EXIF orientations unless asked for, and verifies both", async (engine) => {
  const file = new URL("../fixtures/codecs/turned-6.jpg", import.meta.url);
  const recipe = customRecipe({ size: { width: 40, height: 24 }, filter: "bicubic" });
  const stored = await runVerified(engine, recipe, [file]);
  const turned = await runVerified(engine, recipe, [file], { orient: "exif" });
  const { width, height } = stored.images[0].size;
  assertEquals(turned.images[0].size, { width: height, height: width });
});
