import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { joinedBytes } from "../../../src/codecs/headers/binary.ts";
import { crc32 } from "../../../src/codecs/headers/crc32.ts";
import { readHeader } from "../../../src/codecs/headers/header.ts";
import { appliedOrientation } from "../../../src/codecs/headers/applied_orientation.ts";
import { orientationOf } from "../../../src/codecs/headers/orientation.ts";
import { TAG } from "../../../src/codecs/headers/tiff_directory.ts";
import { VitrailError } from "../../../src/errors.ts";
import { directoryBytes, entryOf } from "../../support/fuzz/pictures/exif_block.ts";
import { decodedVerdict } from "../../support/pictures/decoded_verdict.ts";
import { fixtureBytes } from "../../support/pictures/fixtures.ts";
import { type Tags, tiffOf } from "../../support/pictures/tiff.ts";

const CHOICES = ["sharp", "portable"] as const;

const exif = (text: string, block: Uint8Array) => joinedBytes([new TextEncoder().encode(text), block]);

/** Returns a JPEG with a block of EXIF behind its start, and what else stands before it. */
async function jpegWith(block: Uint8Array, before: readonly number[] = []): Promise<Uint8Array> {
  const jpeg = await fixtureBytes("rgb-adobe.jpg"), length = block.length + 2;
  const app1 = [0xff, 0xe1, length >> 8, length & 255, ...block];
  return Uint8Array.of(0xff, 0xd8, ...before, ...app1, ...jpeg.subarray(2));
}

/** Returns a copy of a TIFF whose entry of a tag has another type, or count. */
function withEntry(
  tiff: Uint8Array,
  tag: number,
  { type, count }: { type?: number; count?: number },
): Uint8Array {
  const copy = tiff.slice(), view = new DataView(copy.buffer), start = view.getUint32(4, true);
  for (let at = start + 2; at < start + 2 + 12 * view.getUint16(start, true); at += 12) {
    if (view.getUint16(at, true) !== tag) continue;
    if (type !== undefined) view.setUint16(at + 2, type, true);
    if (count !== undefined) view.setUint32(at + 4, count, true);
  }
  return copy;
}

Deno.test("orientationOf reads a turn as Pillow compares it, whatever its type", async () => {
  for (const little of [true, false]) {
    const turned = (type: number, ...values: number[]) =>
      directoryBytes([entryOf(TAG.ORIENTATION, type, values, little)], little);
    // Whole numbers, signed ones, fractions and floats, and the first of several; but no bytes and no text.
    const turns: [Uint8Array, number][] = [
      ...[3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 16].map((type): [Uint8Array, number] => [turned(type, 6), 6]),
      [turned(3, 6, 1), 6],
      [turned(11, 6.5), 1],
      ...[1, 2, 7, 14, 99].map((type): [Uint8Array, number] => [turned(type, 6), 1]),
      [turned(3), 1],
      [turned(3, 9), 1],
      [directoryBytes([entryOf(TAG.ORIENTATION, 3, [6], little)], little, { offset: 0xffff }), 1],
    ];
    for (const [at, [block, expected]] of turns.entries()) {
      assertEquals(
        orientationOf(await jpegWith(exif("Exif\0\0", block)), "jpeg"),
        expected,
        `${little} ${at}`,
      );
    }
  }
});

Deno.test("appliedOrientation refuses to turn by EXIF that is none, where Pillow does", async () => {
  const turned = directoryBytes([entryOf(TAG.ORIENTATION, 3, [6], true)], true, { head: "XX*\0" });
  const density = [0xff, 0xe0, 0, 16, ...new TextEncoder().encode("JFIF\0"), 1, 1, 1, 0, 72, 0, 72, 0, 0];
  const header = readHeader(await jpegWith(exif("Exif\0\0", turned), density), "a.jpg");
  assertEquals(header.orientation, 0);
  assertEquals(appliedOrientation(header, "ignore", "a.jpg"), 1);
  const error = assertThrows(() => appliedOrientation(header, "exif", "a.jpg"), VitrailError);
  assertEquals([error.code, error.message], [
    "decode",
    'cannot read a.jpg as a picture: its EXIF is damaged; orient: "ignore" takes it as it is stored',
  ]);
  // Without a density Pillow meets it as it opens the file, and goes on.
  assertEquals(readHeader(await jpegWith(exif("Exif\0\0", turned)), "a.jpg").orientation, 1);
});

Deno.test("orientationOf looks for a WebP's EXIF where its header announces some", async () => {
  const webp = await fixtureBytes("turned-8.webp");
  assertEquals(orientationOf(webp, "webp"), 8);
  webp[20] &= ~8;
  assertEquals(orientationOf(webp, "webp"), 1);
});

Deno.test("orientationOf takes a PNG's last EXIF before the pixels, else the last behind them", async () => {
  const png = await fixtureBytes("rgb.png"), end = png.length - 12, head = 33; // of IEND, and behind IHDR
  const turned = (turn: number, prefixes = 0) =>
    exif("Exif\0\0".repeat(prefixes), directoryBytes([entryOf(TAG.ORIENTATION, 3, [turn], true)], true));
  const chunk = (data: Uint8Array) => {
    const named = exif("eXIf", data), words = new DataView(new ArrayBuffer(8));
    words.setUint32(0, data.length);
    words.setUint32(4, crc32(named));
    const bytes = new Uint8Array(words.buffer);
    return joinedBytes([bytes.subarray(0, 4), named, bytes.subarray(4)]);
  };
  const built = (before: readonly Uint8Array[], behind: readonly Uint8Array[]) => {
    const parts = [png.subarray(0, head), ...before, png.subarray(head, end), ...behind, png.subarray(end)];
    return orientationOf(joinedBytes(parts), "png");
  };
  const [three, six, eight] = [3, 6, 8].map((turn) => chunk(turned(turn)));
  assertEquals(built([three, six], [eight]), 6);
  assertEquals(built([], [three, eight]), 8);
  assertEquals(built([chunk(turned(6, 100_000))], []), 6);
});

for (const choice of CHOICES) {
  Deno.test(`tiffKind refuses tags of bytes or no values, and too few depths (${choice})`, async () => {
    const grey = await fixtureBytes("grey.tif"), cmyk = await fixtureBytes("cmyk.tif");
    const lies: [Uint8Array, RegExp][] = [
      [withEntry(grey, TAG.PHOTOMETRIC, { type: 1 }), /its tag 262 has bytes in place of numbers/],
      [withEntry(grey, TAG.STRIP_OFFSETS, { count: 0 }), /its tag 273 has no value/],
      [withEntry(cmyk, TAG.BITS, { count: 3 }), /samples have no depth in common/],
    ];
    for (const [bytes, reason] of lies) assertMatch(await decodedVerdict(bytes, choice), reason);
  });

  Deno.test(`webpDamage refuses frames of no animation, and a missing last byte (${choice})`, async () => {
    const still = await fixtureBytes("animated.webp"), odd = await fixtureBytes("lossless.webp");
    still[20] &= ~2;
    assertMatch(await decodedVerdict(still, choice), /has frames, and is no animation/);
    const view = new DataView(odd.buffer), length = view.getUint32(16, true);
    const cut = odd.slice(0, 20 + length - 1 - length % 2); // odd, and no byte behind it
    new DataView(cut.buffer).setUint32(4, cut.length - 8, true);
    new DataView(cut.buffer).setUint32(16, cut.length - 20, true);
    assertMatch(await decodedVerdict(cut, choice), /ends inside its chunk "VP8L"/);
  });

  Deno.test(`oddColours refuses samples for which Pillow has no mode (${choice})`, async () => {
    const strip = new Uint8Array(800).map((_, at) => at * 7), plain = { 258: [8], 259: [1], 279: [800] };
    const palette = new Array(768).fill(0);
    const kinds: Tags[] = [
      { ...plain, 258: [8, 8, 8], 262: [6] }, // YCbCr that is no JPEG
      { ...plain, 258: [8, 8], 262: [3], 277: [2], 320: palette, 338: [0] },
      { ...plain, 258: [8, 8], 262: [0], 277: [2], 338: [2] },
      { ...plain, 258: [8, 8], 262: [1], 277: [2], 338: [1] },
      { ...plain, 258: [16], 262: [0], 277: [1] },
      { ...plain, 258: [2], 262: [0], 277: [1], 284: [2] },
      { ...plain, 258: [8, 8], 262: [1], 266: [2], 277: [2], 338: [2] },
    ];
    for (const tags of kinds) {
      assertMatch(await decodedVerdict(tiffOf(strip, tags), choice), /a TIFF (of|whose)/);
    }
  });
}

Deno.test("bmpDecoder draws greys for indices beyond its palette, and reads no header of 56", async () => {
  const bmp = await fixtureBytes("palette-256.bmp"), view = new DataView(bmp.buffer);
  const few = 100, start = view.getUint32(10, true);
  const cut = joinedBytes([bmp.subarray(0, 54 + 4 * few), bmp.subarray(start)]);
  new DataView(cut.buffer).setUint32(10, 54 + 4 * few, true);
  new DataView(cut.buffer).setUint32(46, few, true);
  // The size and the sha256 of Pillow 9.4's Image.open(cut).convert("RGB").tobytes(), its first 8 bytes.
  assertEquals(await decodedVerdict(cut, "portable"), "41x29 fceead124aee365e");
  view.setUint32(30, 3, true); // masks, of which Pillow knows those of 16, 24 and 32 bits
  assertMatch(await decodedVerdict(bmp, "portable"), /a compressed BMP/);
  view.setUint32(14, 56, true);
  assertMatch(await decodedVerdict(bmp, "portable"), /a BMP with a header of 56 bytes/);
});
