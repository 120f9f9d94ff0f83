import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { decode } from "../../src/codecs/decode.ts";
import { type DecoderChoice, DECODERS } from "../../src/codecs/decoders/decoders.ts";
import type { Format } from "../../src/codecs/headers/format.ts";
import { VitrailError } from "../../src/errors.ts";
import { assertRgb, type Fixture, fixtureBytes, FIXTURES } from "../support/pictures/fixtures.ts";

const CHOICES: DecoderChoice[] = ["auto", "sharp", "portable"];

/** Files that only native code reads exactly, and files that nothing does. */
const PORTABLE_REFUSES = /^(cmyk|ycck|cmyk-bare|rgb-440)\.jpg$|^grey-16bit.*\.png$|^grey-key\.png$/;

/** Faxes, JPEG and tiles in TIFF, of which sharp passes over damage. */
const SHARP_REFUSES = /^(bilevel|strips-group4|jpeg|jpeg-grey|tiled-.*)\.tif$/;

/** The decoders of the formats that sharp does not read. */
const READERS: Record<string, string> = { bmp: "decode-bmp", gif: "gif", tiff: "tiff" };

function takes(choice: DecoderChoice, { file, format }: Fixture): boolean {
  if (choice === "sharp") return format !== "bmp" && format !== "gif" && !SHARP_REFUSES.test(file);
  return choice !== "portable" || !PORTABLE_REFUSES.test(file);
}

for (const choice of CHOICES) {
  const takable = FIXTURES.filter((fixture) => takes(choice, fixture));

  Deno.test(`decode gives Pillow's RGB of ${takable.length} files (${choice})`, async () => {
    for (const { file, width, height, orientation, format, rgb } of takable) {
      const picture = await decode(await fixtureBytes(file), { name: file, decoders: choice });
      assertEquals([picture.width, picture.height, picture.orientation], [width, height, orientation], file);
      assertEquals(picture.format, format, file);
      await assertRgb(picture.data, rgb, `${file} by ${picture.decoder}`);
    }
  });

  Deno.test(`decode gives the same RGB in pixels of three bytes (${choice})`, async () => {
    let plain = 0;
    for (const { file, width, height } of takable) {
      const bytes = await fixtureBytes(file), options = { name: file, decoders: choice };
      const { data } = await decode(bytes, options);
      const narrow = (await decode(bytes, { ...options, channels: 3 })).data;
      const isRgb = narrow.length === width * height * 3;
      if (isRgb) plain++;
      assertEquals(
        isRgb ? narrow : narrow.filter((_, at) => at % 4 !== 3),
        data.filter((_, at) => at % 4 !== 3),
      );
    }
    assert(plain > 0, "none is of three bytes");
  });

  Deno.test(`decode gives Pillow's composite of alpha over white (${choice})`, async () => {
    for (const { file, rgb, white = rgb } of takable) {
      const picture = await decode(await fixtureBytes(file), {
        name: file,
        decoders: choice,
        alpha: "white",
      });
      await assertRgb(picture.data, white, `${file} over white by ${picture.decoder}`);
    }
  });

  Deno.test(`decode refuses what it cannot read exactly, and says so (${choice})`, async () => {
    for (const fixture of FIXTURES.filter((fixture) => !takes(choice, fixture))) {
      const bytes = await fixtureBytes(fixture.file);
      const error = await assertRejects(
        () => decode(bytes, { name: fixture.file, decoders: choice }),
        VitrailError,
      );
      assertEquals(error.code, "decode");
      assertStringIncludes(error.message, `cannot read ${fixture.file} as a picture: `);
      assertStringIncludes(
        error.message,
        choice === "sharp" ? `${READERS[fixture.format]}: decoders is "sharp"` : "--allow-ffi",
      );
    }
  });
}

Deno.test("bmpDecoder refuses a BMP that would not be exact, with what it is", async () => {
  const whole = await fixtureBytes("rgb.bmp"), palette = await fixtureBytes("palette.bmp");
  const refused = async (bytes: Uint8Array, change: (view: DataView) => void, what: string) => {
    const changed = bytes.slice();
    change(new DataView(changed.buffer));
    const error = await assertRejects(() => decode(changed, { name: "a.bmp" }), VitrailError);
    const why = `no decoder will do for this BMP (decode-bmp: it cannot read ${what} exactly)`;
    assertEquals([error.code, error.message], ["decode", `cannot read a.bmp as a picture: ${why}`]);
  };
  await refused(whole, (view) => view.setInt32(22, -29, true), "a BMP stored from the top down");
  await refused(whole, (view) => view.setUint16(28, 16, true), "a BMP of 16 bits a pixel");
  await refused(whole, (view) => view.setUint32(30, 3, true), "a compressed BMP"); // masks that are not there
  await refused(palette, (view) => view.setUint32(30, 1, true), "a compressed BMP"); // runs
  for (const bytes of [whole, palette]) {
    await refused(
      bytes,
      (view) => view.setUint32(10, view.getUint32(10, true) + 4, true),
      "a BMP with a gap before its pixels",
    );
  }
});

Deno.test("tiffDecoder refuses a TIFF whose strips are damaged or end early", async () => {
  const refused = async (file: string, change: (bytes: Uint8Array) => Uint8Array, why: RegExp) => {
    const changed = change(await fixtureBytes(file));
    const decoding = () => decode(changed, { name: file, decoders: "portable" });
    assertMatch((await assertRejects(decoding, VitrailError)).message, why);
  };
  const spoiled = (bytes: Uint8Array) => bytes.map((byte, at) => at >= 400 && at < 420 ? 255 - byte : byte);
  await refused("strips-lzw.tif", spoiled, /LZW data is damaged/);
  await refused("rgb-deflate.tif", spoiled, /deflated data is damaged/);
  await refused("strips-group4.tif", spoiled, /fax data is damaged/);
  for (const file of ["rgb.tif", "strips-packbits.tif", "tiled-lzw.tif", "tiled-big.tif", "jpeg.tif"]) {
    const cut = (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 600);
    await refused(file, cut, /cannot read .* as a picture: /);
  }
});

Deno.test("bmpDecoder refuses a BMP cut short", async () => {
  for (const file of ["rgb.bmp", "palette.bmp"]) {
    const whole = await fixtureBytes(file);
    for (const length of [whole.length - 1, whole.length >> 1, 60]) {
      const cut = whole.subarray(0, length);
      const error = await assertRejects(() => decode(cut, { name: file }), VitrailError);
      assertEquals(error.code, "decode", `${file} ${length}`);
    }
  }
});

Deno.test("sharpDecoder gives back the pixels that went into a lossless AVIF", async () => {
  const { default: sharp } = await import("sharp");
  const png = sharp(await fixtureBytes("rgb.png")).removeAlpha();
  const avif = await png.avif({ lossless: true, chromaSubsampling: "4:4:4" }).toBuffer();
  const { data, format } = await decode(new Uint8Array(avif), { name: "a.avif" });
  assertEquals(format, "avif");
  await assertRgb(data, FIXTURES.find(({ file }) => file === "rgb.png")!.rgb, "lossless AVIF");
});

Deno.test("codecs.json has composites that differ from the plain RGB, so that alpha is tested", () => {
  const withAlpha = FIXTURES.filter(({ white, rgb }) => white !== undefined && white !== rgb);
  assert(withAlpha.length >= 10, `${withAlpha.length} files`);
});

Deno.test("codecs.json has a fixture of each format of every decoder", () => {
  const formats = new Set(FIXTURES.map(({ format }) => format));
  const untested = DECODERS.flatMap(({ formats }) => formats).filter((format) => !formats.has(format));
  assertEquals(untested, ["avif"] satisfies Format[], "Pillow 9.4 reads no AVIF");
});
