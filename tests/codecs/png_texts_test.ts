import { assertEquals } from "@std/assert";
import { deflateSync } from "node:zlib";
import { joinedBytes } from "../../src/codecs/headers/binary.ts";
import { pngText } from "../../src/codecs/headers/png_texts.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

/** Returns a PNG of nothing but chunks, without sums. */
function pngOf(...chunks: [type: string, data: Uint8Array][]): Uint8Array {
  return joinedBytes([
    new Uint8Array(8),
    ...chunks.map(([type, data]) => {
      const chunk = new Uint8Array(12 + data.length);
      new DataView(chunk.buffer).setUint32(0, data.length);
      chunk.set(joinedBytes([ascii(type), data]), 4);
      return chunk;
    }),
  ]);
}

Deno.test("pngText takes the last text, and none that is damaged or longer than a mebibyte", () => {
  const packed = (length: number) => {
    return joinedBytes([ascii("key\0\0"), deflateSync(new Uint8Array(length).fill(65))]);
  };
  const plain = ["tEXt", ascii("key\0plain")] as [string, Uint8Array];
  assertEquals(pngText(pngOf(plain), "key"), "plain");
  assertEquals(pngText(pngOf(plain), "ke"), undefined);
  assertEquals(pngText(pngOf(plain, ["zTXt", packed(5)]), "key"), "AAAAA");
  assertEquals(pngText(pngOf(plain, ["zTXt", packed(2 ** 20)]), "key")?.length, 2 ** 20);
  assertEquals(pngText(pngOf(plain, ["zTXt", packed(2 ** 20 + 1)]), "key"), "");
  assertEquals(pngText(pngOf(plain, ["iTXt", ascii("key\0\0\0\0\0other")]), "key"), "other");
  const damaged = Uint8Array.of(...ascii("key\0\0\0\0\0"), 0xff); // no UTF-8
  assertEquals(pngText(pngOf(plain, ["iTXt", damaged]), "key"), "plain");
});
