import { assertEquals, assertRejects } from "@std/assert";
import { type Picture, type Size, VitrailError } from "../../mod.ts";
import type { ResizeOptions } from "../../src/engine/resize.ts";
import { encodePng } from "../../src/codecs/encode_png.ts";
import { loadPicture } from "../../src/codecs/load.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { fixtureBytes } from "../support/pictures/fixtures.ts";
import { onEngines } from "../support/executors.ts";
import { synthetic } from "../support/pictures/synthetic.ts";

const picture = { width: 7, height: 5, data: synthetic({ kind: "noise", w: 7, h: 5, seed: 3, channels: 4 }) };

onEngines("Engine.resize to the same size copies RGBA as it is, colour under alpha 0 too", async (engine) => {
  const copy = await engine.resize(picture, { width: 7, height: 5 });
  assertEquals(copy, { ...picture, channels: 4 });
  copy.data[0] ^= 1;
  assertEquals(picture.data[0] === copy.data[0], false);
});

onEngines("Engine.resize takes an encoded picture as RGB", async (engine) => {
  const png = await encodePng(7, 5, picture.data);
  const rgb = picture.data.filter((_, i) => i % 4 < 3);
  const size = { width: 4, height: 9 };
  const fromFile = await engine.resize(png, size, { filter: "lanczos" });
  const fromPixels = await engine.resize({ ...picture, data: rgb }, size, { filter: "lanczos" });
  assertEquals([fromFile.width, fromFile.height, fromFile.channels], [4, 9, 3]);
  assertSameBytes(fromFile.data, fromPixels.data, { shape: [9, 4, 3] });
});

onEngines("Engine.resize takes a TIFF as Pillow turned it when it loaded it", async (engine) => {
  const tiff = await fixtureBytes("turned-6.tif"), stored = await loadPicture(tiff, 0);
  const { width, height, data } = await engine.resize(tiff, { width: 27, height: 40 });
  assertEquals([stored.width, stored.height, width, height], [40, 27, 27, 40]);
  const expected = data.map((_, i) => {
    const x = Math.floor(i / 3) % width, y = Math.floor(i / 3 / width);
    return stored.data[4 * ((26 - x) * 40 + y) + i % 3]; // clockwise: what was below is left
  });
  assertSameBytes(data, expected, { shape: [height, width, 3] });
});

onEngines(
  "Engine.resize takes each channel of RGBA alone where torch resizes, and cuts a box",
  async (engine) => {
    const options = { filter: "bilinear", resampler: "torch-cpu" } as const, size = { width: 4, height: 3 };
    const rgb = picture.data.filter((_, i) => i % 4 < 3), rgba = await engine.resize(picture, size, options);
    const colour = await engine.resize({ ...picture, data: rgb }, size, options);
    assertSameBytes(rgba.data.filter((_, i) => i % 4 < 3), colour.data, { shape: [3, 4, 3] });
    const box = { left: 2, top: 1, right: 6, bottom: 5 }, inside = { width: 4, height: 4 };
    const pixels = rgb.filter((_, i) => {
      const x = Math.floor(i / 3) % 7, y = Math.floor(i / 21);
      return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
    });
    const cut = await engine.resize({ ...inside, data: pixels }, size, options);
    const boxed = await engine.resize({ ...picture, data: rgb }, size, { ...options, box });
    assertSameBytes(boxed.data, cut.data, { shape: [3, 4, 3] });
  },
);

onEngines("Engine.resize takes a box of the upright picture, encoded or not", async (engine) => {
  const tiff = await fixtureBytes("turned-6.tif"), size = { width: 27, height: 40 };
  const upright = { ...size, data: (await engine.resize(tiff, size)).data };
  const box = { left: 2.5, top: 0, right: 20, bottom: 39.25 }, small = { width: 9, height: 11 };
  assertEquals(await engine.resize(tiff, small, { box }), await engine.resize(upright, small, { box }));
  const wide = { ...box, right: 28 };
  const error = await assertRejects(() => engine.resize(tiff, small, { box: wide }), VitrailError, "27x40");
  assertEquals(error.code, "usage");
});

onEngines("Engine.resize refuses what cannot be, with what was asked", async (engine) => {
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
  const resampler = "torch" as ResizeOptions["resampler"];
  await fails(one, { resampler }, 'resampler is one of pillow, torch-cpu, torch-cuda, found "torch"');
  const torch = { resampler: "torch-cuda", filter: "lanczos" } as const;
  await fails(one, torch, 'filter is one of nearest, bilinear, bicubic, found "lanczos"');
  const half = { left: 0.5, top: 0, right: 7, bottom: 5 };
  const message = "resampler torch-cpu takes a box of whole pixels, found 0.5, 0 to 7, 5";
  await fails(one, { resampler: "torch-cpu", box: half }, message);
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
