import { assertEquals } from "@std/assert";
import type { RawPixels } from "../../src/codecs/picture.ts";
import { Engine } from "../../src/engine/engine.ts";
import { countOf } from "../../src/layout/shape.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
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

// The default budget, and a 2D texture of 16 384 pixels a side at most on most devices.
for (const [width, height] of [[30_000, 2_000], [12_500, 8_000]]) {
  onDevice(`${width}x${height} gives the reference's bytes, in the default memory`, async (device) => {
    await using engine = await Engine.open({ device });
    const batch = await engine.run(ixc24khd({ hdNum: 2 }), [largePicture(width, height)], { verify: true });
    assertEquals(batch.verification!.mismatches, 0);
    assertEquals(batch.verification!.elements, countOf(batch.pixelValues.shape));
  });
}
