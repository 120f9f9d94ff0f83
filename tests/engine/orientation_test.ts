import { assertEquals } from "@std/assert";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { onEngines } from "../support/executors.ts";
import { golden, sha256 } from "../support/golden/golden.ts";

/** By EXIF orientation: `turned-N.jpg` after Pillow's `ImageOps.exif_transpose` and `convert("RGB")`. */
const UPRIGHT = golden<Record<string, { size: [number, number]; sha256: string }>>("orientation");

onEngines("EXIF orientation 2 to 8, applied as Pillow's exif_transpose does, every byte", async (engine) => {
  for (const [orientation, { size: [width, height], sha256: expected }] of Object.entries(UPRIGHT)) {
    const file = new URL(`../fixtures/codecs/turned-${orientation}.jpg`, import.meta.url);
    const recipe = customRecipe({ size: { width, height }, layout: "c h w -> 1 h w c" });
    const batch = await engine.run(recipe, [file], { orient: "exif", dtype: "u8" });
    assertEquals(batch.images[0].size, { width, height }, `orientation ${orientation}`);
    assertEquals(sha256(await batch.pixelValues.bytes()), expected, `orientation ${orientation}`);
  }
});

onEngines("EXIF orientation is ignored unless asked for, and resizing agrees when it is", async (engine) => {
  const file = new URL("../fixtures/codecs/turned-6.jpg", import.meta.url);
  const recipe = customRecipe({ size: { width: 40, height: 24 }, filter: "bicubic" });
  const [stored, upright] = [
    await engine.run(recipe, [file], { verify: true }),
    await engine.run(recipe, [file], { verify: true, orient: "exif" }),
  ];
  assertEquals([stored.verification!.mismatches, upright.verification!.mismatches], [0, 0]);
  const { width, height } = stored.images[0].size;
  assertEquals(upright.images[0].size, { width: height, height: width });
});
