import { assertEquals, assertRejects } from "@std/assert";
import { framePixels } from "../../src/browser/frame_pixels.ts";
import { VitrailError } from "../../src/errors.ts";

type Frame = Parameters<typeof framePixels>[0];

/** A frame of 2x1 pixels, as a browser gives it. */
const FRAME = {
  visibleRect: { width: 2, height: 1 },
  allocationSize: () => 8,
  copyTo(into: Uint8Array) {
    into.fill(7);
    return Promise.resolve();
  },
};

Deno.test("framePixels refuses what is no frame, and a frame that is shown otherwise", async () => {
  const closed = { ...FRAME, visibleRect: null };
  const turned = [{ ...FRAME, rotation: 90 }, { ...FRAME, rotation: 0, flip: true }];
  for (const given of [null, undefined, 5, "a.png", {}, closed, ...turned]) {
    const error = await assertRejects(() => framePixels(given as Frame), VitrailError);
    assertEquals(error.code, "usage", error.message);
  }
  const upright = await framePixels({ ...FRAME, rotation: 0, flip: false });
  assertEquals(upright, { width: 2, height: 1, data: new Uint8Array(8).fill(7) });
});
