import { assert, assertEquals, assertMatch } from "@std/assert";
import { deflateSync } from "node:zlib";
import { PngBodies } from "../../../src/codecs/damage/png_bodies.ts";
import { joinedBytes } from "../../../src/codecs/headers/binary.ts";
import { crc32 } from "../../../src/codecs/headers/crc32.ts";
import { decodedVerdict } from "../../support/pictures/decoded_verdict.ts";
import { pillowVerdicts } from "../../support/pictures/pillow_verdicts.ts";
import { withPython } from "../../support/python.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const packed = (length: number) => deflateSync(new Uint8Array(length).fill(65));

/** Returns numbers of four bytes. */
function words(...numbers: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length), view = new DataView(bytes.buffer);
  for (const [at, number] of numbers.entries()) view.setUint32(4 * at, number);
  return bytes;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = joinedBytes([ascii(type), data]);
  return joinedBytes([words(data.length), named, words(crc32(named))]);
}

/** Returns a frame's control: part `sequence`, 7x5 pixels or fewer. */
const control = (sequence: number, width = 7, height = 5, left = 0) =>
  joinedBytes([words(sequence, width, height, left, 0), new Uint8Array(6)]);

/** Chunks by what they are, and whether Pillow 9.4 gives a picture's pixels with them. */
const CASES: [what: string, type: string, data: Uint8Array, isRead: boolean][] = [
  ["gamma", "gAMA", words(45455), true],
  ["short gamma", "gAMA", ascii("abc"), false],
  ["no chromaticities", "cHRM", new Uint8Array(), true],
  ["half a chromaticity", "cHRM", new Uint8Array(6), false],
  ["intent", "sRGB", new Uint8Array(1), true],
  ["no intent", "sRGB", new Uint8Array(), false],
  ["pixels of a metre", "pHYs", new Uint8Array(9), true],
  ["short pixels of a metre", "pHYs", new Uint8Array(8), false],
  ["profile", "iCCP", joinedBytes([ascii("a\0\0"), packed(9)]), true],
  ["damaged profile", "iCCP", ascii("a\0\0nonsense"), true],
  ["profile without zero", "iCCP", ascii("abc"), false],
  ["empty profile", "iCCP", new Uint8Array(), false],
  ["profile of 1 MiB", "iCCP", joinedBytes([ascii("a\0\0"), packed(2 ** 20)]), true],
  ["profile of more", "iCCP", joinedBytes([ascii("a\0\0"), packed(2 ** 20 + 1)]), false],
  ["text", "tEXt", ascii("no zero"), true],
  ["empty text", "tEXt", new Uint8Array(), true],
  ["packed text of 1 MiB", "zTXt", joinedBytes([ascii("a\0\0"), packed(2 ** 20)]), true],
  ["packed text of more", "zTXt", joinedBytes([ascii("a\0\0"), packed(2 ** 20 + 1)]), false],
  ["damaged packed text", "zTXt", ascii("a\0\0nonsense"), true],
  ["packed text by another way", "zTXt", ascii("a\0\x01nonsense"), false],
  ["packed text of a name", "zTXt", ascii("a"), true],
  ["international text", "iTXt", ascii("a\0\0\0en\0a\0b"), true],
  ["short international text", "iTXt", ascii("abc"), true],
  ["packed international text", "iTXt", joinedBytes([ascii("a\0\x01\0\0\0"), packed(2 ** 20)]), true],
  ["packed international text of more", "iTXt", joinedBytes([ascii("a\0\x01\0\0\0"), packed(2e6)]), false],
  ["a way that there is not", "iTXt", joinedBytes([ascii("a\0\x01\x01\0\0"), packed(2e6)]), true],
  ["frames", "acTL", words(1, 0), true],
  ["no frames", "acTL", words(0, 0), true],
  ["short frames", "acTL", new Uint8Array(7), false],
  ["frame", "fcTL", control(0), true],
  ["short frame", "fcTL", control(0).subarray(1), false],
  ["frame in another's place", "fcTL", control(1), false],
  ["frame beyond the picture", "fcTL", control(0, 7, 5, 1), false],
  ["colour that is transparent", "tRNS", new Uint8Array(6), true],
  ["half a colour that is transparent", "tRNS", new Uint8Array(5), false],
  ["chunk of a name of its own", "abCd", new Uint8Array(), true],
];

/** Returns a picture of colours with a chunk before its pixels, and one with it behind them. */
function pictures(type: string, data: Uint8Array): Uint8Array[] {
  const head = joinedBytes([
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk("IHDR", joinedBytes([words(7, 5), Uint8Array.of(8, 2, 0, 0, 0)])),
  ]);
  const lines = Uint8Array.from({ length: 5 * 22 }, (_, at) => at % 22 && at); // each behind a zero
  const pixels = chunk("IDAT", deflateSync(lines)), added = chunk(type, data), end = chunk("IEND", words());
  return [[head, added, pixels, end], [head, pixels, added, end]].map(joinedBytes);
}

const REFUSAL = /^error cannot read it as a picture: (its PNG data has|no decoder will do)/;

const isPixels = (verdict: string) => /^7x5 /.test(verdict);

Deno.test("PngBodies refuses the chunks that Pillow cannot read, before and behind the pixels", async () => {
  for (const [what, type, data, isRead] of CASES) {
    for (const [place, picture] of pictures(type, data).entries()) {
      for (const choice of ["sharp", "portable"] as const) {
        const verdict = await decodedVerdict(picture, choice);
        const label = `${what} ${place} ${choice}: ${verdict}`;
        if (!isRead) assertMatch(verdict, REFUSAL, label);
        else if (type !== "tRNS" || choice === "sharp") assert(isPixels(verdict), label);
      }
    }
  }
});

await withPython("PngBodies refuses what the Pillow that is here refuses", async () => {
  const verdicts = await pillowVerdicts(CASES.flatMap(([, type, data]) => pictures(type, data)), 100);
  const found = CASES.map(([what], at) => [what, ...verdicts.slice(2 * at, 2 * at + 2).map(isPixels)]);
  assertEquals(found, CASES.map(([what, , , isRead]) => [what, isRead, isRead]));
}, "PIL");

Deno.test("PngBodies counts all texts, 64 MiB at most", () => {
  const bodies = new PngBodies(), text = joinedBytes([ascii("a\0"), new Uint8Array(2 ** 24)]);
  for (let count = 0; count < 4; count++) assertEquals(bodies.damageOf("tEXt", text), undefined);
  assertEquals(bodies.damageOf("iTXt", ascii("a\0\0\0\0\0")), undefined);
  assertEquals(bodies.damageOf("tEXt", ascii("a\0b")), "its PNG data has more than 64 MiB of texts");
});

Deno.test("PngBodies refuses a first frame that is a part of the picture", async () => {
  const [before, behind] = pictures("fcTL", control(0, 7, 4));
  assertMatch(await decodedVerdict(before, "sharp"), /first frame that is not the whole picture/);
  assert(isPixels(await decodedVerdict(behind, "sharp")));
});
