import { assertEquals } from "@std/assert";
import type { RawPixels } from "../../src/codecs/picture.ts";
import { Engine } from "../../src/engine/engine.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { runVerified } from "../support/compare/assert_verified.ts";
import { onDevice } from "../support/executors.ts";

/** Noise in lines that are shifted against one another: 300 MB of it in a second. */
function largePicture(width: number, height: number): RawPixels {
  const shifts = 4099, line = new Uint8Array((width + shifts) * 3);
  for (let i = 0, state = 1; i < line.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    line[i] = state >>> 24;
  }
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = y * 131 % shifts * 3;
    data.set(line.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/**
 * Wider than a texture, in rows that bicubic weighs; and larger than a block in both axes, in squares that
 * box averages.
 */
const LARGE = [
  { width: 30_000, height: 1_000, recipe: ixc24khd({ hdNum: 2 }) },
  {
    width: 12_500,
    height: 8_000,
    recipe: customRecipe({ size: { width: 600, height: 400 }, filter: "box" }),
  },
];

for (const { width, height, recipe } of LARGE) {
  onDevice(`Engine.run takes ${width}x${height} in the default memory`, async (device) => {
    await using engine = await Engine.open({ device });
    const batch = await runVerified(engine, recipe, [largePicture(width, height)]);
    assertEquals(batch.verification!.elements, batch.pixelValues.shape.reduce((a, b) => a * b));
  });
}
