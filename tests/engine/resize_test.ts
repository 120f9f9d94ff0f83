import { assertEquals, assertRejects } from "@std/assert";
import { type Picture, type Size, VitrailError } from "../../mod.ts";
import type { ResizeOptions } from "../../src/engine/resize.ts";
import { encodePng } from "../../src/codecs/png.ts";
import { onEngines } from "../support/backends.ts";
import { synthetic } from "../support/synthetic.ts";

const picture = { width: 7, height: 5, data: synthetic({ kind: "noise", w: 7, h: 5, seed: 3, channels: 4 }) };

onEngines("a resize to the same size copies RGBA as it is, colour under alpha 0 too", async (engine) => {
  const copy = await engine.resize(picture, { width: 7, height: 5 });
  assertEquals(copy, { ...picture, channels: 4 });
  copy.data[0] ^= 1;
  assertEquals(picture.data[0] === copy.data[0], false);
});

onEngines("an encoded picture is resized as RGB", async (engine) => {
  const png = await encodePng(7, 5, picture.data);
  const rgb = picture.data.filter((_, i) => i % 4 < 3);
  const size = { width: 4, height: 9 };
  const fromFile = await engine.resize(png, size, { filter: "lanczos" });
  assertEquals(fromFile, await engine.resize({ ...picture, data: rgb }, size, { filter: "lanczos" }));
  assertEquals([fromFile.channels, fromFile.data.length], [3, 4 * 9 * 3]);
});

onEngines("a resize that cannot be is a usage error with what was asked", async (engine) => {
  const fails = async (size: Size, options: ResizeOptions, message: string) => {
    const error = await assertRejects(() => engine.resize(picture as Picture, size, options), VitrailError);
    assertEquals([error.code, error.message], ["usage", message]);
  };
  const one = { width: 1, height: 1 };
  await fails({ width: 0, height: 3 }, {}, "a picture is resized to whole sides from 1 up, found 0x3");
  await fails({ width: 2.5, height: 3 }, {}, "a picture is resized to whole sides from 1 up, found 2.5x3");
  const filter = "sinc" as ResizeOptions["filter"];
  const names = "nearest, box, bilinear, hamming, bicubic, lanczos";
  await fails(one, { filter }, `filter is one of ${names}, found "sinc"`);
  const sides = { left: 0, top: 0, right: 7, bottom: 5 };
  await engine.resize(picture, one, { box: sides });
  const boxes = [{ left: -0.1 }, { top: -1 }, { right: 7.1 }, { bottom: 6 }, { left: 7 }, { bottom: 0 }, {
    top: NaN,
  }];
  for (const wrong of boxes) {
    const box = { ...sides, ...wrong };
    const found = `${box.left}, ${box.top} to ${box.right}, ${box.bottom}`;
    const message = `a box lies within the picture and is not empty: found ${found} in a picture of 7x5`;
    await fails(one, { box }, message);
  }
});
