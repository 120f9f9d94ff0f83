import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { decode } from "../../src/codecs/decode.ts";
import type { DecoderChoice } from "../../src/codecs/decoders/decoders.ts";
import { loadPicture, probePicture } from "../../src/codecs/load.ts";
import type { Picture } from "../../src/codecs/picture.ts";
import { type ErrorCode, VitrailError } from "../../src/errors.ts";
import { fixtureBytes, fixtureUrl } from "../support/pictures/fixtures.ts";

async function assertFails(run: () => Promise<unknown>, code: ErrorCode, message: string | RegExp) {
  const error = await assertRejects(run, VitrailError);
  assertEquals(error.code, code, error.message);
  if (typeof message === "string") assertEquals(error.message, message);
  else assertMatch(error.message, message);
}

Deno.test("loadPicture says what bytes look like that are no picture", async () => {
  const text = new TextEncoder().encode("Dear reader,\nthis is no picture at all.");
  await assertFails(
    () => decode(text, { name: "notes.png" }),
    "decode",
    'cannot read notes.png as a picture: it begins with text: "Dear reader, this is no "; ' +
      "Vitrail reads JPEG, PNG, GIF, WebP, BMP, TIFF, AVIF",
  );
  await assertFails(
    () => decode(new Uint8Array(0), { name: "empty.jpg" }),
    "decode",
    /^cannot read empty\.jpg as a picture: it is empty \(0 bytes\)/,
  );
  await assertFails(
    () => decode(Uint8Array.of(0, 1, 2, 250), { name: "x" }),
    "decode",
    /its first bytes, 00 01 02 fa, begin/,
  );
});

Deno.test("loadPicture refuses formats that it does not read by name, and files of one byte", async () => {
  const kinds: [string, RegExp][] = [
    ["\0\0\0\x18ftypheic\0\0\0\0", /: it is a HEIF picture; Vitrail reads JPEG/],
    ["\0\0\0\x18ftypmif1\0\0\0\0", /: it is a HEIF picture/],
    ["\0\0\0\x0cJXL \r\n\x87\n", /: it is a JPEG XL picture/],
    ["\0\0\0\x0cjP  \r\n\x87\n", /: it is a JPEG 2000 picture/],
    ["\0\0\0\x18ftypmp42\0\0\0\0", /: it is a video or another file of MPEG-4's kind/],
    ["\0\0\0\x18ftypcrx \0\0\0\x01", /: it is a video or another file/], // Canon's raw pictures
    ["%PDF-1.7\n", /: it is a PDF/],
    ["\xff", /: its first bytes, ff, begin no picture format/],
    ["B", /: it begins with text: "B"/],
    ["\xff\xd8\xff", /JPEG data ends after 3 bytes|JPEG header is damaged/],
    ["RIFF\0\0\0\0WEBP", /WebP/],
    ["II*\0", /TIFF header is damaged or cut short/],
  ];
  for (const [text, message] of kinds) {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    for (const decoders of ["sharp", "portable"] as const) {
      await assertFails(() => decode(bytes, { name: "a", decoders }), "decode", message);
    }
  }
});

for (const decoders of ["sharp", "portable"] as DecoderChoice[]) {
  const gifs = decoders === "sharp" ? [] : ["palette.gif"];

  Deno.test(`loadPicture says after how many bytes a JPEG was cut short (${decoders})`, async () => {
    for (const file of ["rgb-420.jpg", "progressive.jpg"]) {
      const whole = await fixtureBytes(file);
      for (let length = 4; length < whole.length; length += 97) {
        await assertFails(
          () => decode(whole.subarray(0, length), { name: "b.jpg", decoders }),
          "decode",
          `cannot read b.jpg as a picture: JPEG data ends after ${length} bytes, without its end marker`,
        );
      }
    }
  });

  Deno.test(`loadPicture refuses a PNG and a GIF cut short inside their pixels (${decoders})`, async () => {
    for (const file of ["rgb.png", "interlaced.png", ...gifs]) {
      const whole = await fixtureBytes(file);
      for (const part of [0.1, 0.5, 0.9]) {
        const cut = whole.subarray(0, Math.floor(whole.length * part));
        await assertFails(
          () => decode(cut, { name: file, decoders }),
          "decode",
          /data ends after \d+ bytes|damaged|without a whole/,
        );
      }
    }
  });

  Deno.test(`loadPicture refuses damaged pixels (${decoders})`, async () => {
    for (const file of ["rgb.png", ...gifs]) {
      const bytes = await fixtureBytes(file);
      for (let at = bytes.length >> 1; at < (bytes.length >> 1) + 8; at++) bytes[at] ^= 0x5a;
      await assertFails(() => decode(bytes, { name: file, decoders }), "decode", /data is damaged/);
    }
  });
}

Deno.test("loadPicture refuses a GIF whose pixels end early, though it goes on to its trailer", async () => {
  const whole = await fixtureBytes("palette.gif");
  const cut = Uint8Array.of(...whole.subarray(0, whole.length - 200), 0x3b);
  await assertFails(
    () => decode(cut, { name: "a.gif" }),
    "decode",
    /GIF data ends after 2202 of 2623 pixels/,
  );
});

Deno.test("loadPicture says of how many bytes a WebP was cut short", async () => {
  const whole = await fixtureBytes("lossless.webp");
  await assertFails(
    () => decode(whole.subarray(0, 3000), { name: "c.webp" }),
    "decode",
    `cannot read c.webp as a picture: WebP data ends after 3000 of ${whole.length} bytes`,
  );
});

Deno.test("loadPicture refuses a picture that announces too many pixels before it decodes it", async () => {
  const bytes = await fixtureBytes("rgb.png");
  await decode(bytes, { name: "rgb.png", maxPixels: 61 * 43 });
  await assertFails(
    () => decode(bytes, { name: "rgb.png", maxPixels: 61 * 43 - 1 }),
    "limit",
    "rgb.png announces 61x43, 2623 pixels; maxPixels (--max-pixels) allows 2622",
  );
  new DataView(bytes.buffer).setUint32(16, 200_000);
  new DataView(bytes.buffer).setUint32(20, 100_000);
  await assertFails(() => decode(bytes, { name: "bomb.png" }), "limit", /20000000000 pixels.* 178956970$/);
});

Deno.test("loadPicture refuses a header whose size the decoder contradicts", async () => {
  const bytes = await fixtureBytes("lossy-alpha.webp"); // VP8X states the canvas, VP8 the frame
  bytes[24] += 3;
  await assertFails(
    () => decode(bytes, { name: "odd.webp", decoders: "sharp" }),
    "decode",
    /odd\.webp as a picture: /,
  );
});

Deno.test("loadPicture tells files apart that cannot be read", async () => {
  for (
    const run of [loadPicture, probePicture] as ((picture: Picture, index: number) => Promise<unknown>)[]
  ) {
    await assertFails(() => run("nowhere/x.jpg", 0), "io", "no such file: nowhere/x.jpg");
    await assertFails(() => run(fixtureUrl("."), 0), "io", /is a directory, not a picture file$/);
    await assertFails(() => run("https://example.org/a.jpg", 0), "usage", /is a https: URL; fetch it/);
    await assertFails(
      () => run(7 as unknown as Picture, 2),
      "usage",
      /^picture 3 is a number; a picture is a path/,
    );
    await assertFails(
      () => run({ width: 2, height: "1", data: new Float32Array(6) } as unknown as Picture, 0),
      "usage",
      /^picture 1 is { width: number, height: string, data: Float32Array }, not of two numbers and a/,
    );
  }
});
