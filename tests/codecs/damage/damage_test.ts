import { assert, assertEquals, assertMatch } from "@std/assert";
import { decode } from "../../../src/codecs/decode.ts";
import type { DecoderChoice } from "../../../src/codecs/decoders/decoders.ts";
import { draws } from "../../support/fuzz/draws.ts";
import { rebuiltPicture } from "../../support/fuzz/pictures/rebuilt_pictures.ts";
import { decodedVerdict, isAllowed, MOST_PIXELS } from "../../support/pictures/decoded_verdict.ts";
import { fixtureBytes, FIXTURES } from "../../support/pictures/fixtures.ts";
import { damagedCopy } from "../../support/pictures/mutations.ts";
import { pillowVerdicts } from "../../support/pictures/pillow_verdicts.ts";
import { withPython } from "../../support/python.ts";

const HERE = new URL("../../fixtures/", import.meta.url);
const CHOICES: DecoderChoice[] = ["auto", "sharp", "portable"];

/** Pillow's outcome of damaged/, of damaged copies of codecs/, by file and seed, and of built pictures. */
const KNOWN: { files: Record<string, string>; copies: Record<string, string>; rebuilt: string } = JSON.parse(
  await Deno.readTextFile(new URL("damaged.json", HERE)),
);

/** The damaged copies of each file that are made anew, and held against the Pillow that is here. */
const COPIES = 150;

/** The seed of the first of them. */
const FIRST_SEED = 1000;

const damagedFile = (name: string) => Deno.readFile(new URL(`damaged/${name}`, HERE));

/** Files that Pillow reads and that are refused, with the reason that is given. */
const REFUSED: Record<string, RegExp> = {
  "gif-grey-frame.gif": /decoders is "sharp"/,
  "gif-grey-frame-transparent.gif":
    /decoders is "sharp"|greys in place of colours, and a transparent one exactly/,
  "jpeg-progressive-differs.jpg": /lacks scans: 2 of its 3 components are whole/,
  "jpeg-progressive-divisors.jpg": /block 1 has pixels beyond black and white/, // portable
  "png-grey16-transparent.png": /it cannot read a grey PNG with a transparent value/, // portable
  "png-long-transparency.png": /has a chunk tRNS of 261 bytes, 256 at most/,
  "png-palette-differs.png": /PNG data is damaged \(imagescript/, // portable: a checksum within the pixels
  "tiff-dark-palette.tif": /it cannot read a TIFF with colours that have not 16 bits exactly/, // sharp
  "tiff-planes-16.tif": /it cannot read a TIFF (with a plane for each colour|of 16 bits a sample) exactly/,
  "tiff-planes-alpha.tif": /it cannot read a TIFF with a plane for each colour exactly/,
  "tiff-short-palette.tif": /it cannot read a TIFF without a whole palette exactly/,
  "tiff-wide-palette.tif": /it cannot read a TIFF with colours that have not 16 bits exactly/, // sharp
  "webp-short-parts.webp": /WebP data is damaged: it ends inside a part of its pixels/, // portable
  "webp-beyond-range.webp": /macroblock 1?\d has pixels beyond black and white/, // portable
  "tiff-lab.tif": /it cannot read a TIFF of photometric interpretation 8 exactly/,
};

/** Files of which there are Pillow's pixels, by the decoders that give them. */
const EQUAL: [name: string, choices: readonly DecoderChoice[]][] = [
  ["gif-grey-frame.gif", ["auto", "portable"]],
  ["jpeg-progressive-divisors.jpg", ["auto", "sharp"]],
  ["png-grey16-transparent.png", ["auto", "sharp"]],
  ["png-palette-differs.png", ["auto", "sharp"]],
  ["tiff-dark-palette.tif", ["auto", "portable"]],
  ["tiff-wide-palette.tif", ["auto", "portable"]],
  ["webp-beyond-range.webp", ["auto", "sharp"]],
  ["webp-short-parts.webp", ["auto", "sharp"]],
];

for (const choice of CHOICES) {
  Deno.test(`damageOf and the decoders give of each damaged file Pillow's outcome (${choice})`, async () => {
    const equal: string[] = [];
    for (const [name, pillows] of Object.entries(KNOWN.files)) {
      const ours = await decodedVerdict(await damagedFile(name), choice);
      if (ours === pillows) equal.push(name);
      else if (pillows === "error") assertMatch(ours, /^error cannot read it as a picture: /, name);
      else assertMatch(ours, REFUSED[name], name);
    }
    assertEquals(equal, EQUAL.filter(([, choices]) => choices.includes(choice)).map(([name]) => name));
  });
}

/** Compares damaged copies of some fixtures, and fails with all that have other pixels than Pillow's. */
async function assertCopies(
  choice: DecoderChoice,
  copies: readonly { label: string; bytes: Uint8Array }[],
  pillows: readonly string[],
): Promise<number> {
  let equal = 0;
  const wrong: string[] = [];
  for (const [at, { label, bytes }] of copies.entries()) {
    const ours = await decodedVerdict(bytes, choice);
    if (ours === pillows[at]) equal++;
    if (!isAllowed(ours, pillows[at])) wrong.push(`${label}: Pillow gives ${pillows[at]}, ${choice} ${ours}`);
  }
  assertEquals(wrong, []);
  return equal;
}

for (const choice of ["sharp", "portable"] as const) {
  Deno.test(`damageOf and decoders give no other pixels than Pillow of copies (${choice})`, async () => {
    const copies: { label: string; bytes: Uint8Array }[] = [], pillows: string[] = [];
    for (const { file, format } of FIXTURES) {
      if (choice === "sharp" && (format === "gif" || format === "bmp")) continue;
      const bytes = await fixtureBytes(file);
      for (const [seed, verdict] of KNOWN.copies[file].split(", ").entries()) {
        copies.push({ label: `${file} ${seed}`, bytes: damagedCopy(bytes, seed) });
        pillows.push(verdict);
      }
    }
    const equal = await assertCopies(choice, copies, pillows);
    const readable = pillows.filter((verdict) => /^\d/.test(verdict)).length;
    assert(equal > readable / 2, `${equal} of ${readable} that Pillow reads`);
  });
}

for (const choice of ["sharp", "portable"] as const) {
  Deno.test(`damageOf and decoders give Pillow's pixels of lying fields, or none (${choice})`, async () => {
    const pillows = KNOWN.rebuilt.split(", "), copies: { label: string; bytes: Uint8Array }[] = [];
    for (const seed of pillows.keys()) {
      const { bytes, format } = await rebuiltPicture(draws(seed));
      copies.push({ label: `${format} ${seed}`, bytes });
    }
    const equal = await assertCopies(choice, copies, pillows);
    assert(equal > 30, `${equal} of ${pillows.length}`);
  });
}

if (Deno.env.get("VITRAIL_GOLDENS") === "all") {
  await withPython("damageOf and the decoders give no other pixels than Pillow of many copies", async () => {
    for (const { file, format } of FIXTURES) {
      const bytes = await fixtureBytes(file);
      const copies = Array.from({ length: COPIES }, (_, index) => FIRST_SEED + index)
        .map((seed) => ({ label: `${file} ${seed}`, bytes: damagedCopy(bytes, seed) }));
      const pillows = await pillowVerdicts(copies.map(({ bytes }) => bytes), MOST_PIXELS);
      if (format !== "gif" && format !== "bmp") await assertCopies("sharp", copies, pillows);
      await assertCopies("portable", copies, pillows);
    }
  }, "PIL");
}

Deno.test("decode keeps what there is of a damaged picture where it is asked to", async () => {
  const whole = await fixtureBytes("rgb-420.jpg"), cut = whole.subarray(0, whole.length * 0.6);
  const { data: pixels } = await decode(whole, { name: "a.jpg", channels: 3, decoders: "sharp" });
  for (const decoders of ["sharp", "portable"] as const) {
    const options = { name: "a.jpg", decoders, damaged: "keep" } as const;
    const { width, height, data } = await decode(cut, options);
    assertEquals([width, height, data.length / (width * height)], [61, 43, 4]);
    const firstLines = data.subarray(0, width * 16 * 4).filter((_, at) => at % 4 !== 3);
    assertEquals(firstLines.subarray(0, width * 14 * 3), pixels.subarray(0, width * 14 * 3));
  }
});
