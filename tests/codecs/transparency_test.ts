import { assertEquals, assertNotEquals } from "@std/assert";
import { decode } from "../../src/codecs/decode.ts";
import { dataViewOf, joinedBytes } from "../../src/codecs/headers/binary.ts";
import { crc32 } from "../../src/codecs/headers/crc32.ts";
import { pngChunks, webpChunks } from "../../src/codecs/headers/file_chunks.ts";
import { fixtureBytes } from "../support/pictures/fixtures.ts";

const CHOICES = ["auto", "sharp", "portable"] as const;

/** Returns a chunk tRNS. */
function transparency(...data: number[]): Uint8Array {
  const chunk = Uint8Array.of(0, 0, 0, data.length, 0x74, 0x52, 0x4e, 0x53, ...data, 0, 0, 0, 0);
  dataViewOf(chunk).setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

/** Returns a PNG without its tRNS, and with another before its first chunk of a type. */
async function pngWith(file: string, type: string, added: (own: Uint8Array) => Uint8Array) {
  const bytes = await fixtureBytes(file), chunks = [...pngChunks(bytes)];
  const own = chunks.find(({ type }) => type === "tRNS");
  const parts = [bytes.subarray(0, 8)];
  let isAdded = false;
  for (const chunk of chunks.filter((chunk) => chunk !== own)) {
    if (chunk.type === type && !isAdded) {
      parts.push(added(bytes.subarray(own?.start ?? 0, own?.end ?? 0)));
      isAdded = true;
    }
    parts.push(bytes.subarray(chunk.start - 8, chunk.end + 4));
  }
  return joinedBytes(parts);
}

/** Returns a WebP with a header whose flags are these, before its own chunks. */
async function webpWith(file: string, flags: number): Promise<Uint8Array> {
  const bytes = await fixtureBytes(file), own = [...webpChunks(bytes)][0];
  const header = own.type === "VP8X" ? bytes.slice(12, own.end) : new Uint8Array(18);
  header.set(new TextEncoder().encode("VP8X\x0a\0\0\0"));
  header[8] = flags;
  if (own.type !== "VP8X") header.set([44, 0, 0, 32, 0, 0], 12); // 45x33, less one
  const rest = bytes.subarray(own.type === "VP8X" ? own.end : 12);
  const whole = joinedBytes([bytes.subarray(0, 12), header, rest]);
  dataViewOf(whole).setUint32(4, whole.length - 8, true);
  return whole;
}

/** Returns RGB as it is decoded, and over white. */
async function bothWays(bytes: Uint8Array, decoders: (typeof CHOICES)[number]) {
  const [drop, white] = await Promise.all((["drop", "white"] as const).map(async (alpha) => {
    const { data } = await decode(bytes.slice(), { name: "it", decoders, alpha });
    return data.filter((_, at) => at % 4 !== 3);
  }));
  return { drop, white };
}

for (const decoders of CHOICES) {
  // Pillow 9.4 gave these outcomes of files that were made in the same way.
  Deno.test(`decode puts over white what has alpha for Pillow (${decoders})`, async () => {
    const denied = await fixtureBytes("lossless-alpha.webp");
    denied[24] &= ~16;
    const opaque: Record<string, [bytes: Uint8Array, own: string]> = {
      "RGB with a colour": [await fixtureBytes("rgb-key.png"), "rgb-key.png"],
      "animation that says it has none": [await webpWith("animated-lossy.webp", 2), "animated-lossy.webp"],
      "lossy that says it has none": [await webpWith("lossy-alpha.webp", 0), "lossy-alpha.webp"],
      "lossless whose pixels say they have none": [denied, "lossless-alpha.webp"],
    };
    if (decoders !== "portable") { // which reads no grey with a transparent value
      const grey = await pngWith("grey-2bit.png", "IDAT", () => transparency(0, 1));
      opaque["grey of 2 bits with value 1"] = [grey, "grey-2bit.png"];
    }
    for (const [what, [bytes, own]] of Object.entries(opaque)) {
      const { drop, white } = await bothWays(bytes, decoders);
      assertEquals(white, drop, what);
      assertEquals(drop, (await bothWays(await fixtureBytes(own), decoders)).drop, what);
    }
    const palette = "palette-alpha-2bit.png", whole = await bothWays(await fixtureBytes(palette), decoders);
    assertNotEquals(whole.white, whole.drop);
    const places: [string, (own: Uint8Array) => Uint8Array][] = [
      ["PLTE", (own) => transparency(...own)], // before its place
      ["IEND", (own) => transparency(...own)], // behind the pixels
      ["IDAT", (own) => transparency(...own, 1, 2, 3)], // for more colours than there are
    ];
    for (const [type, added] of places) {
      assertEquals(await bothWays(await pngWith(palette, type, added), decoders), whole, type);
    }
    if (decoders === "sharp") return; // it reads no WebP whose header denies the alpha of its pixels
    const lossless = await bothWays(await fixtureBytes("lossless-alpha.webp"), decoders);
    assertNotEquals(lossless.white, lossless.drop);
    assertEquals(await bothWays(await webpWith("lossless-alpha.webp", 0), decoders), lossless);
  });
}
