import { assert, assertEquals, assertMatch } from "@std/assert";
import { visitMacroblocks } from "../../../src/codecs/damage/vp8/vp8_blocks.ts";
import { vp8OutOfRange } from "../../../src/codecs/damage/vp8/vp8_range.ts";
import { decode } from "../../../src/codecs/decode.ts";
import { webpChunks } from "../../../src/codecs/headers/file_chunks.ts";
import { firstWebpFrame } from "../../../src/codecs/headers/webp_frame.ts";
import { fixtureBytes } from "../../support/pictures/fixtures.ts";

/** Returns the data of a lossy WebP's first frame. */
function lossyData(webp: Uint8Array): Uint8Array {
  const { still } = firstWebpFrame(webp)!;
  const { start, end } = [...webpChunks(still)].find(({ type }) => type === "VP8 ")!;
  return still.subarray(start, end);
}

/** The most that the coefficients of a block can sum up to in a picture: four times 255 in 16 pixels. */
const LARGEST = 4 * 8 * 255;

/** Of each picture: the first macroblock's sums `firsts`, `luma` and `chroma`, and the sum of all. */
const SUMS: [string, ...number[]][] = [
  ["lossy.webp", 0, 462, 770, 11321],
  ["lossy-alpha.webp", 0, 726, 900, 6987],
  ["animated-lossy.webp", 5736, 516, 736, 8290],
];

Deno.test("visitMacroblocks visits all of a picture, whose sums are those of pictures", async () => {
  for (const [name, ...right] of SUMS) {
    const data = lossyData(await fixtureBytes(name)), view = new DataView(data.buffer, data.byteOffset);
    const [across, down] = [6, 8].map((at) => Math.ceil((view.getUint16(at, true) & 0x3fff) / 16));
    const firstOnes: number[] = [];
    let count = 0, sum = 0;
    visitMacroblocks(data, ({ firsts = 0, luma, chroma }) => {
      count++;
      sum += luma + chroma + firsts;
      if (count === 1) firstOnes.push(firsts, luma, chroma);
      assert(firsts / 8 + luma < LARGEST && chroma < LARGEST, `${name}: ${firsts}, ${luma}, ${chroma}`);
    });
    assertEquals(count, across * down, name);
    assertEquals([...firstOnes, sum], right, name);
    assertEquals(vp8OutOfRange(data), undefined, name);
  }
});

Deno.test("vp8OutOfRange finds what libwebp draws in several ways", async () => {
  const webp = await Deno.readFile(new URL("../../fixtures/damaged/webp-beyond-range.webp", import.meta.url));
  assertMatch(vp8OutOfRange(lossyData(webp))!, /^its WebP data is damaged: macroblock \d+ has pixels beyond/);
  const { width, decoder } = await decode(webp, { name: "a.webp", decoders: "portable", damaged: "keep" });
  assertEquals([width, decoder], [45, "jsquash-webp"]);
});
