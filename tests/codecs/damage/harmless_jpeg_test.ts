import { assertEquals, assertMatch } from "@std/assert";
import { JpegBits } from "../../../src/codecs/damage/jpeg_bits.ts";
import { decode } from "../../../src/codecs/decode.ts";
import { jpegSegments } from "../../../src/codecs/headers/jpeg_segments.ts";
import { decodedVerdict } from "../../support/pictures/decoded_verdict.ts";
import { fixtureBytes } from "../../support/pictures/fixtures.ts";

const EOI = 2;

/** Pillow's outcome of rgb-420.jpg, and of it with all that is harmless in these tests. */
const PILLOWS = "61x43 f8c740e38e2129e0";

const text = (characters: string) => Uint8Array.from(characters, (character) => character.charCodeAt(0));

/** Returns bytes with others put in at a place. */
function inserted(bytes: Uint8Array, at: number, more: Iterable<number>): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...bytes.subarray(0, at), ...more, ...bytes.subarray(at));
}

/** Returns bytes of which one is another. */
function changed(bytes: Uint8Array, at: number, byte: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  copy[at] = byte;
  return copy;
}

/** Returns a JPEG whose pixels end early, though it goes on to its end marker. */
function cutPixels(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(...bytes.subarray(0, bytes.length - 200), ...bytes.subarray(-EOI));
}

const JPEG = await fixtureBytes("rgb-420.jpg");
const SEGMENTS = [...jpegSegments(JPEG)];
const segmentOf = (marker: number) => SEGMENTS.find((each) => each.marker === marker)!;

/** Returns a segment with its marker, all of whose bytes behind the first are 99 where that is asked for. */
function tableOf(marker: number, isOther = false): Uint8Array {
  const { start, end } = segmentOf(marker), table = JPEG.slice(start - 4, end);
  return isOther ? table.fill(99, 5) : table;
}

const HARMLESS: Record<string, Uint8Array> = {
  "a zero between segments": inserted(JPEG, segmentOf(0xdb).start - 4, [0]),
  "zeros between segments": inserted(JPEG, segmentOf(0xdb).start - 4, [0, 0, 0, 0]),
  "letters between segments": inserted(JPEG, segmentOf(0xdb).start - 4, text("abc")),
  "letters before the scan": inserted(JPEG, segmentOf(0xda).start - 4, text("abc")),
  "a stuffed ff and a restart between segments": inserted(
    JPEG,
    segmentOf(0xdb).start - 4,
    text("a\xff\0\xff\xd0b"),
  ),
  "DQT behind the pixels": inserted(JPEG, JPEG.length - EOI, tableOf(0xdb, true)),
  "DHT behind the pixels": inserted(JPEG, JPEG.length - EOI, tableOf(0xc4)),
  "DNL behind the pixels": inserted(JPEG, JPEG.length - EOI, [0xff, 0xdc, 0, 4, 0, 16]),
  "DRI behind the pixels": inserted(JPEG, JPEG.length - EOI, [0xff, 0xdd, 0, 4, 0, 1]),
  "another last coefficient": changed(JPEG, segmentOf(0xda).end - 2, 5),
  "another approximation": changed(JPEG, segmentOf(0xda).end - 1, 1),
  "JFIF 3": changed(JPEG, segmentOf(0xe0).start + 5, 3),
  "Adobe's transform 7": inserted(
    JPEG,
    segmentOf(0xe0).end,
    [0xff, 0xee, 0, 14, ...text("Adobe\0d\0\0\0\0\x07")],
  ),
};

for (const choice of ["sharp", "portable"] as const) {
  Deno.test(`tidyJpeg and jpegDamage pass over what Pillow passes over (${choice})`, async () => {
    for (const [label, bytes] of Object.entries(HARMLESS)) {
      assertEquals(await decodedVerdict(bytes, choice), PILLOWS, label);
    }
  });

  Deno.test(`jpegDamage refuses an unknown marker between segments, as Pillow does (${choice})`, async () => {
    const ours = await decodedVerdict(inserted(JPEG, segmentOf(0xdb).start - 4, [0xff, 1]), choice);
    assertMatch(ours, /has ff 01 among stray bytes before marker ff db/);
  });
}

Deno.test("tidyJpeg hides no damage behind what is harmless", async () => {
  for (const [label, bytes] of Object.entries(HARMLESS)) {
    if (label.includes("behind the pixels")) continue;
    assertMatch(await decodedVerdict(cutPixels(bytes), "portable"), /^error .*data is damaged/, label);
  }
});

Deno.test("jpegDecoder tells a sound JPEG from a damaged one that is decoded at once", async () => {
  for (const order of [[JPEG, cutPixels(JPEG)], [cutPixels(JPEG), JPEG]]) {
    const ours = await Promise.all(order.map((bytes) => decodedVerdict(bytes, "portable")));
    assertEquals(ours.map((each) => each === PILLOWS), order.map((bytes) => bytes === JPEG), ours.join());
  }
});

Deno.test("JpegBits passes over fill bytes before a restart and a stuffed zero", () => {
  const bits = new JpegBits(Uint8Array.of(0xff, 0xff, 0xd0, 0xa0, 0xff, 0xff, 0, 0xa0), 0);
  bits.passRestart();
  assertEquals(bits.signed(8), 0xa0);
  assertEquals(bits.signed(8), 0xff);
  assertEquals(bits.signed(8), 0xa0);
});

Deno.test("visitBlocks passes over a run of zeros that ends past its block, as libjpeg does", async () => {
  const codes = (
    number: number,
    value: number,
  ) => [0xff, 0xc4, 0, 20, number, 1, ...new Array(15).fill(0), value];
  const bytes = Uint8Array.of(
    ...[0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, ...new Array(64).fill(1)],
    ...[0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0],
    ...codes(0, 0),
    ...codes(0x10, 0xf0), // sixteen zeros, four times
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0b00000_111, 0xff, 0xd9],
  );
  const { data } = await decode(bytes, { name: "a.jpg", decoders: "portable" });
  assertEquals([...new Set(data.filter((_, at) => at % 4 !== 3))], [128]); // as in Pillow
});
