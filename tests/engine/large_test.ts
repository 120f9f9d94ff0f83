import { assertEquals } from "@std/assert";
import type { RawPixels } from "../../src/codecs/picture.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { runVerified } from "../support/compare/assert_verified.ts";
import { EVERY_CALL } from "../support/golden/golden_calls.ts";
import { onFastEngines } from "../support/executors.ts";

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

/** The sides of two pictures: wider than a texture, and larger than a block in both axes. */
const [WIDE, BOTH] = EVERY_CALL
  ? [{ width: 30_000, height: 2_000 }, { width: 12_500, height: 8_000 }]
  : [{ width: 18_000, height: 600 }, { width: 8_500, height: 2_500 }];

const LARGE = [
  { ...WIDE, recipe: ixc24khd({ hdNum: 2 }) },
  // Box reads each pixel once.
  { ...BOTH, recipe: customRecipe({ size: { width: 600, height: 400 }, filter: "box" }) },
];

for (const { width, height, recipe } of LARGE) {
  onFastEngines(`Engine.run takes ${width}x${height} in the default memory`, async (engine) => {
    const batch = await runVerified(engine, recipe, [largePicture(width, height)]);
    assertEquals(batch.verification!.elements, batch.pixelValues.shape.reduce((a, b) => a * b));
  });
}
