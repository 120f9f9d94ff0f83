import { assert, assertEquals, assertMatch } from "@std/assert";
import { decode } from "../../../src/codecs/decode.ts";
import { firstWebpFrame } from "../../../src/codecs/headers/webp_frame.ts";
import { decodedVerdict } from "../../support/pictures/decoded_verdict.ts";
import { fixtureBytes } from "../../support/pictures/fixtures.ts";
import { type Tags, tiffOf } from "../../support/pictures/tiff.ts";

const DEFLATE = { 259: [8] }, JPEG = { 259: [7] };

/** 10x10 pixels of RGB, and Pillow's outcome of them. */
const PIXELS = Uint8Array.from({ length: 300 }, (_, at) => at * 7);
const PILLOWS = "10x10 9a76b8af8f16f19d";

/** Returns a zlib stream of bytes. */
async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"))).bytes();
}

Deno.test("unpackedStrip passes over bytes behind a zlib stream that is whole", async () => {
  const strip = await deflated(PIXELS),
    verdict = (packed: Uint8Array) => decodedVerdict(tiffOf(packed, DEFLATE), "auto");
  for (const more of ["", "\0", "abcdefghi"]) {
    const padded = Uint8Array.of(...strip, ...new TextEncoder().encode(more));
    assertEquals(await verdict(padded), PILLOWS, more);
  }
  // Pillow may lack the last run of what fits.
  const doubled = await deflated(Uint8Array.of(...PIXELS, ...PIXELS));
  assertMatch(await verdict(doubled), /a strip of it has more than its 300 bytes/);
  for (let cut = 1; cut <= 4; cut++) {
    assertMatch(await verdict(strip.subarray(0, -cut)), /deflated data ends after 300 bytes/, `${cut}`);
  }
  strip[strip.length - 1] ^= 1;
  assertMatch(await verdict(strip), /deflated data is damaged/);
});

Deno.test("tiffDecoder keeps what there is of damaged strips where it is asked to", async () => {
  const plain = tiffOf(PIXELS.subarray(0, 150), { 259: [1], 273: [8], 279: [300] }).subarray(0, 158);
  const options = { name: "a.tif", damaged: "keep" } as const;
  const strip = await deflated(PIXELS), jpeg = (await fixtureBytes("grey.jpg")).subarray(0, 40);
  const whole = await decode(tiffOf(strip.subarray(0, -2), DEFLATE), options);
  assertEquals(whole.data.filter((_, at) => at % 4 !== 3), PIXELS);
  assertEquals(plain.length, 158);
  const runs = await decode(tiffOf(Uint8Array.of(2, 9, 8, 7), { 259: [32773] }), options);
  assertEquals([...runs.data.subarray(0, 8)], [9, 8, 7, 255, 0, 0, 0, 255]);
  const none = await decode(tiffOf(jpeg, { ...JPEG, 258: [8], 262: [1], 277: [1] }), options);
  assert(none.data.every((byte) => byte === 0));
});

Deno.test("unreadTiff refuses a JPEG of a palette or where white is 0, and huge tiles", async () => {
  const jpeg = await fixtureBytes("grey.jpg"), grey = { ...JPEG, 258: [8], 277: [1], 256: [61], 257: [43] };
  for (const photometric of [0, 3]) {
    const palette: Tags = photometric === 3 ? { 320: new Array(768).fill(0) } : {};
    const bytes = tiffOf(jpeg, { ...grey, 262: [photometric], ...palette });
    assertMatch(
      await decodedVerdict(bytes, "auto"),
      new RegExp(`a JPEG of photometric interpretation ${photometric}`),
    );
  }
  const tiles = { 322: [65536], 323: [32768], 324: [8], 325: [300] };
  assertMatch(
    await decodedVerdict(tiffOf(PIXELS, { ...DEFLATE, ...tiles }), "auto"),
    /a TIFF of 10x10 in tiles of 65536x32768/,
  );
});

Deno.test("tiffDecoder decodes no JPEG that has not the size and components of its strip", async () => {
  const jpeg = await fixtureBytes("grey.jpg"),
    header = jpeg.findIndex((byte, at) => byte === 0xc0 && jpeg[at - 1] === 0xff);
  const grey = { ...JPEG, 258: [8], 262: [1], 277: [1], 256: [61], 257: [43] };
  assertEquals((await decodedVerdict(tiffOf(jpeg, grey), "auto")).slice(0, 6), "61x43 ");
  const colours = tiffOf(jpeg, { ...JPEG, 256: [61], 257: [43] });
  assertMatch(await decodedVerdict(colours, "auto"), /is 61x43 of 1 components, and should be 61x43 of 3/);
  new DataView(jpeg.buffer).setUint32(header + 4, 20000 << 16 | 20000);
  assertMatch(await decodedVerdict(tiffOf(jpeg, grey), "auto"), /is 20000x20000 of 1 components/);
});

Deno.test("firstGifFrame passes over bytes between blocks; gifDecoder refuses one bit a pixel", async () => {
  const gif = await fixtureBytes("palette.gif"), start = 13 + 3 * (2 << (gif[10] & 7));
  const stray = Uint8Array.of(...gif.subarray(0, start), 0, 0, 7, ...gif.subarray(start));
  assertEquals(await decodedVerdict(stray, "auto"), "61x43 64f8b73877a29dd1");
  const bits = Uint8Array.of(
    ...new TextEncoder().encode("GIF89a"),
    ...[1, 0, 1, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0b110010, 0, 0x3b],
  );
  assertMatch(await decodedVerdict(bits, "auto"), /a GIF of 1 bits a pixel/);
});

Deno.test("firstWebpFrame fills in no more than 16 MiB of a chunk, and its cut pixels are kept", async () => {
  const webp = await fixtureBytes("lossless.webp"), options = { name: "a.webp", damaged: "keep" } as const;
  new DataView(webp.buffer).setUint32(16, 0xfffffff0, true);
  const { still } = firstWebpFrame(webp)!;
  assertEquals(still.length, webp.length + (1 << 24));
  assertEquals(new DataView(still.buffer).getUint32(16, true), still.length - 20);
  const cut = (await fixtureBytes("lossless.webp")).subarray(0, webp.length * 0.7);
  const { width, height } = await decode(cut, { ...options, decoders: "portable" });
  assertEquals([width, height], [61, 43]);
});
