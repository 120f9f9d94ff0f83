import { assertEquals } from "@std/assert";
import sharp from "sharp";
import { tiles } from "../../bench/peers/sharp/sharp_tiles.ts";
import { SharpWorkers } from "../../bench/peers/sharp/sharp_workers.ts";
import { syntheticPicture } from "../support/pictures/synthetic.ts";

/** Small pictures of the same shape, encoded, so that an array of one may be filled again for another. */
const PICTURES = await Promise.all([1, 2, 3].map(async (seed) => {
  const { data } = syntheticPicture({ kind: "noise", w: 32, h: 8, seed });
  const raw = { width: 32, height: 8, channels: 4 } as const;
  return new Uint8Array(await sharp(data, { raw }).jpeg().toBuffer());
}));

Deno.test("SharpWorkers makes each picture's rows once, also in arrays that are used again", async () => {
  const workers = new SharpWorkers(1), found: (ArrayBuffer | undefined)[] = [];
  try {
    const lengths: number[] = [];
    await workers.stream(PICTURES, (rows, index) => {
      assertEquals(found[index], undefined);
      found[index] = rows.slice().buffer;
      lengths.push(rows.length);
      return true;
    });
    assertEquals(new Set(lengths).size, 1);
  } finally {
    workers.close();
  }
  for (const [index, picture] of PICTURES.entries()) {
    const rows = new Float32Array(found[index]!), expected = await tiles(picture);
    assertEquals(rows.length, expected.length);
    assertEquals(rows.findIndex((value, i) => value !== expected[i]), -1);
  }
});
