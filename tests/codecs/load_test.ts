import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { decoderReports } from "../../src/codecs/decoders/decoders.ts";
import { encodePng } from "../../src/codecs/encode_png.ts";
import { readHeader } from "../../src/codecs/headers/header.ts";
import { loadPicture, probePicture } from "../../src/codecs/load.ts";
import {
  areForOneUse,
  bytesForOneUse,
  bytesOfFile,
  fileOf,
  namedBytes,
  pictureName,
} from "../../src/codecs/picture.ts";
import { VitrailError } from "../../src/errors.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { assertSameBytes, assertSameTensor } from "../support/compare/assert_same.ts";
import { inFolder } from "../support/temporary_folder.ts";
import { onEngines } from "../support/executors.ts";
import { assertRgb, fixtureBytes, FIXTURES, fixtureUrl } from "../support/pictures/fixtures.ts";

Deno.test("probePicture gives Pillow's format, size and orientation of every fixture", async () => {
  for (const { file, format, width, height, orientation } of FIXTURES) {
    assertEquals(readHeader(await fixtureBytes(file), file), { format, width, height, orientation }, file);
  }
});

Deno.test("probePicture tells the same of a path, a URL, bytes, a buffer and a Blob", async () => {
  const url = fixtureUrl("turned-6.jpg");
  const bytes = new Uint8Array(await fixtureBytes("turned-6.jpg"));
  for (const picture of [url.pathname, url, url.href, bytes, bytes.buffer, new Blob([bytes])]) {
    const { width, height, orientation } = await probePicture(picture, 0);
    assertEquals([width, height, orientation], [40, 27, 6]);
  }
});

Deno.test("probePicture finds a long file's orientation, wherever that stands", async () => {
  for (const [file, at] of [["turned-6.png", 33], ["turned-6.jpg", 2], ["turned-3.tif", -1]] as const) {
    const bytes = await fixtureBytes(file);
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, longer(bytes, at, file.slice(-3)));
      const { width, height, orientation } = await probePicture(path, 0);
      assertEquals([width, height, orientation], [40, 27, Number(file[7])], file);
    } finally {
      await Deno.remove(path);
    }
  }
});

Deno.test("loadPicture finds no fault in fill bytes, reserved ones and a name with a colon", async () => {
  const jpeg = await fixtureBytes("rgb-420.jpg"), { width, height } = readHeader(jpeg, "a.jpg");
  const filled = Uint8Array.of(...jpeg.subarray(0, 2), 0xff, 0xff, ...jpeg.subarray(2));
  assertEquals(readHeader(filled, "a.jpg"), { format: "jpeg", width, height, orientation: 1 });
  assertSameBytes((await loadPicture(filled, 0)).data, (await loadPicture(jpeg, 0)).data);
  const bmp = await fixtureBytes("rgb.bmp"), reserved = Uint8Array.from(bmp);
  reserved.set([1, 2, 3, 4], 6);
  assertSameBytes((await loadPicture(reserved, 0)).data, (await loadPicture(bmp, 0)).data);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/IMG:1.jpg`, jpeg);
    const inFolder = new URL(`file://${folder}/IMG:1.jpg`);
    assertEquals((await probePicture(inFolder, 0)).width, width);
    const name = await assertRejects(() => probePicture("IMG:1.jpg", 0), VitrailError);
    assertEquals([name.code, name.message], ["io", "no such file: IMG:1.jpg"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "loadPicture does not read a device",
  ignore: Deno.build.os === "windows",
  async fn() {
    const error = await assertRejects(() => probePicture("/dev/zero", 0), VitrailError);
    assertEquals([error.code, error.message], ["io", "/dev/zero is a pipe or a device, not a picture file"]);
  },
});

Deno.test({
  name: "loadPicture waits for no pipe and no socket",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolder(async (folder) => {
      await new Deno.Command("mkfifo", { args: [`${folder}/pipe.jpg`] }).output();
      // A process of its own may use the network; what it leaves behind is a socket still.
      const listen = `Deno.listen({ transport: "unix", path: "${folder}/socket.jpg" })`;
      await new Deno.Command(Deno.execPath(), { args: ["eval", `${listen}; Deno.exit()`] }).output();
      assert((await Deno.stat(`${folder}/socket.jpg`)).isSocket);
      await Deno.symlink(`${folder}/pipe.jpg`, `${folder}/link.jpg`);
      await Deno.symlink(`${folder}/loop.jpg`, `${folder}/loop.jpg`);
      for (const read of [probePicture, loadPicture]) {
        for (const name of ["pipe.jpg", "socket.jpg", "link.jpg", "loop.jpg"]) {
          const error = await assertRejects(() => read(`${folder}/${name}`, 0), VitrailError);
          assertEquals(error.code, "io");
          if (name !== "loop.jpg") {
            assertEquals(error.message, `${folder}/${name} is a pipe or a device, not a picture file`);
          }
        }
      }
    }),
});

onEngines("loadPicture turns a TIFF as Pillow does, whatever is asked for", async (engine) => {
  const bytes = await fixtureBytes("turned-6.tif");
  const asStored = await engine.run(ixc24khd({ hdNum: 2 }), [bytes], { orient: "ignore" });
  const turned = await engine.run(ixc24khd({ hdNum: 2 }), [bytes], { orient: "exif" });
  assertEquals(asStored.images[0].size, { width: 27, height: 40 });
  await assertSameTensor(asStored.pixelValues, turned.pixelValues);
});

/** The picture with 700 kB that every reader passes over, at an offset or (−1) at its end. */
function longer(bytes: Uint8Array, at: number, kind: string): Uint8Array<ArrayBuffer> {
  let filler = new Uint8Array(700_000);
  if (kind === "png") {
    new DataView(filler.buffer).setUint32(0, filler.length - 12);
    filler.set(new TextEncoder().encode("viTr"), 4);
  }
  if (kind === "jpg") {
    filler = new Uint8Array(11 * 65_537);
    for (let start = 0; start < filler.length; start += 65_537) filler.set([0xff, 0xef, 0xff, 0xff], start);
  }
  const cut = at < 0 ? bytes.length : at;
  return Uint8Array.from([...bytes.subarray(0, cut), ...filler, ...bytes.subarray(cut)]);
}

Deno.test("loadPicture infers the channels of raw pixels, RGB or RGBA", async () => {
  const rgb = Uint8Array.from({ length: 5 * 3 * 3 }, (_, at) => at * 37);
  const { data, format, decoder, orientation } = await loadPicture({ width: 5, height: 3, data: rgb }, 0);
  assertEquals([format, decoder, orientation], ["pixels", "none", 1]);
  assertEquals(data, rgb); // as they are: the device makes four bytes of three
  const rgba = new Uint8ClampedArray(5 * 3 * 4).map((_, at) => at * 41);
  const again = await loadPicture({ width: 5, height: 3, data: rgba, channels: 4 }, 0);
  assertSameBytes(again.data, new Uint8Array(rgba), { shape: [3, 5, 4] });
});

Deno.test("loadPicture leaves the caller's bytes alone where raw pixels go over white", async () => {
  const data = Uint8Array.of(10, 20, 30, 0, 10, 20, 30, 128, 10, 20, 30, 255);
  const { data: white } = await loadPicture({ width: 3, height: 1, data }, 0, { alpha: "white" });
  assertEquals([...white], [255, 255, 255, 255, 132, 137, 142, 255, 10, 20, 30, 255]);
  assertEquals(data[0], 10);
});

Deno.test("loadPicture names both counts where raw pixels do not fit their size", async () => {
  const picture = { width: 4, height: 3, data: new Uint8Array(40) };
  for (const run of [() => loadPicture(picture, 4), () => probePicture(picture, 4)]) {
    const error = await assertRejects(run, VitrailError);
    assertEquals(error.code, "shape");
    assertEquals(error.message, "picture 5 is 4x3 and has 40 bytes: it needs 36 (RGB) or 48 (RGBA)");
  }
  const wide = await assertRejects(() => loadPicture({ width: 1.5, height: 2, data: new Uint8Array(9) }, 0));
  assertEquals((wide as Error).message, "picture 1 is 1.5x2: both sides must be whole numbers from 1 up");
});

Deno.test("namedBytes gives bytes the name that messages call them by", async () => {
  const bytes = namedBytes(new TextEncoder().encode("no picture"), "row 3");
  assertEquals(pictureName(bytes, 0), "row 3");
  for (const read of [probePicture, loadPicture]) {
    await assertRejects(() => read(bytes, 0), VitrailError, "cannot read row 3 as a picture");
  }
});

Deno.test("bytesOfFile gives bytes that are freed once they are decoded, and no others are", async () => {
  const file = fixtureUrl("rgb-420.jpg"), read = bytesOfFile(await Deno.readFile(file), file);
  const callers = await Deno.readFile(file), part = bytesOfFile(callers.subarray(2), file);
  assertEquals([fileOf(read), fileOf(part), fileOf(file)], [file, undefined, undefined]);
  const { data } = await loadPicture(read, 0);
  assertEquals([read.length, pictureName(read, 0)], [0, file.href]);
  assertEquals((await loadPicture(callers, 0)).data, data);
  assert(callers.length > 0);
});

Deno.test("bytesForOneUse gives bytes that are freed where they cannot be decoded, too", async () => {
  const cut = (await fixtureBytes("rgb-420.jpg")).slice(0, 900), bytes = bytesForOneUse(cut, "cut.jpg");
  await assertRejects(() => loadPicture(bytes, 0), VitrailError, "cut.jpg");
  assertEquals([cut.length, areForOneUse(bytes), fileOf(bytes)], [0, true, undefined]);
});

Deno.test("pictureName names pictures by their file, else by their place", () => {
  assertEquals(pictureName("a.jpg", 3), "a.jpg");
  assertEquals(pictureName(new File([], "b.png"), 3), "b.png");
  assertEquals(pictureName(new Blob([]), 2), "picture 3");
  assertEquals(pictureName(Uint8Array.of(1), 2), "picture 3");
});

Deno.test("encodePng writes what decodes to the same bytes", async () => {
  const [width, height] = [37, 23];
  const rgba = Uint8Array.from({ length: width * height * 4 }, (_, at) => (at * at) % 251);
  const png = await encodePng(width, height, rgba);
  for (const decoders of ["sharp", "portable"] as const) {
    const picture = await loadPicture(png, 0, { decoders });
    assertEquals([picture.width, picture.height], [width, height]);
    assertSameBytes(picture.data, rgba, { label: decoders, shape: [height, width, 4] });
  }
  const error = await assertRejects(() => encodePng(2, 2, new Uint8Array(15)), VitrailError);
  assertEquals([error.code, error.message], [
    "shape",
    "a PNG of 2x2 needs 16 bytes of RGBA and was given 15",
  ]);
});

Deno.test("loadPicture mixes nothing up where it decodes many pictures at once", async () => {
  const jpegs = FIXTURES.filter(({ file }) =>
    /^(rgb|turned|grey).*\.(jpg|png)$/.test(file) && !/16|key|440/.test(file)
  );
  assert(jpegs.length > 12);
  await Promise.all(jpegs.flatMap((fixture) =>
    (["sharp", "portable"] as const).map(async (decoders) => {
      const { data } = await loadPicture(fixtureUrl(fixture.file), 0, { decoders });
      await assertRgb(data, fixture.rgb, `${fixture.file} by ${decoders}`);
    })
  ));
});

Deno.test("decoderReports lists every decoder as data", async () => {
  const list = await decoderReports();
  assertEquals(list.map(({ name }) => name), [
    "tiff",
    "sharp",
    "jsquash-jpeg",
    "imagescript-png",
    "gif",
    "jsquash-webp",
    "decode-bmp",
  ]);
  for (const { available, reason } of list) assertNotEquals(available, reason !== undefined);
});
