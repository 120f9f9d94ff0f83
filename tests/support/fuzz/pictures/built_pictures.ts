/** Pictures that are built field by field, each field true or a lie, as the numbers that are drawn decide. */

import { deflateSync } from "node:zlib";
import { joinedBytes } from "../../../../src/codecs/headers/binary.ts";
import { crc32 } from "../../../../src/codecs/headers/crc32.ts";
import { type Draw, oneOf } from "../draws.ts";
import { exifBlock } from "./exif_block.ts";

/** Returns whether something happens that happens once in so many times. */
export const rarely = (draw: Draw, times: number) => draw(times) === 0;

/** Returns so many bytes. */
export const noise = (draw: Draw, length: number) => Uint8Array.from({ length }, () => draw(256));

/** Returns text as its bytes. */
export const ascii = (text: string) => new TextEncoder().encode(text);

/** Returns numbers as bytes, each of so many, the lowest first; or the highest. */
export function numbers(bytes: number, values: readonly number[], isBig = false): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => {
    const low = Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** at) & 255);
    return isBig ? low.reverse() : low;
  }));
}

const words = (...values: number[]) => numbers(4, values, true);

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = joinedBytes([ascii(type), data]);
  return joinedBytes([words(data.length), named, words(crc32(named))]);
}

/** First pixels and steps, across and down, of the passes of an interlaced PNG. */
const PASSES = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [
  0,
  1,
  1,
  2,
]];

/** The samples of a pixel, by PNG's colour types. */
const SAMPLES: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A PNG of any colour and depth, interlaced or not, whose pixels may end at any pass. */
export function builtPng(draw: Draw): Uint8Array {
  const width = 1 + draw(20), height = 1 + draw(20), colour = oneOf(draw, [0, 2, 3, 4, 6]);
  const depth = oneOf(draw, colour === 0 ? [1, 2, 4, 8, 16] : colour === 3 ? [1, 2, 4, 8] : [8, 16]);
  const isInterlaced = draw(3) > 0, lines: Uint8Array[] = [], ends: number[] = [];
  for (const [left, top, right, down] of isInterlaced ? PASSES : [[0, 0, 1, 1]]) {
    const across = Math.ceil((width - left) / right), high = Math.ceil((height - top) / down);
    const bytes = Math.ceil(Math.max(across, 0) * depth * SAMPLES[colour] / 8);
    for (let line = 0; line < high && across > 0; line++) {
      lines.push(Uint8Array.of(rarely(draw, 200) ? 5 : draw(5)), noise(draw, bytes));
    }
    ends.push(lines.reduce((sum, { length }) => sum + length, 0));
  }
  const raw = joinedBytes(lines), cut = oneOf(draw, [...ends, raw.length]) + draw(3) - 1;
  const kept = rarely(draw, 2) ? raw.subarray(0, Math.max(cut, 0)) : raw;
  const packed = deflateSync(rarely(draw, 8) ? joinedBytes([kept, noise(draw, 9)]) : kept),
    half = draw(packed.length);
  const header = joinedBytes([
    words(width, height),
    Uint8Array.of(depth, colour, 0, 0, isInterlaced ? 1 : 0),
  ]);
  const parts: Uint8Array[] = [Uint8Array.of(0x89, ...ascii("PNG\r\n\x1a\n")), chunk("IHDR", header)];
  const colours = rarely(draw, 3) ? draw(1 << Math.min(depth, 8)) + 1 : 1 << Math.min(depth, 8);
  if (rarely(draw, 5)) {
    parts.push(chunk("iCCP", joinedBytes([ascii("a\0\0"), deflateSync(noise(draw, 200))])));
  }
  if (rarely(draw, 9)) {
    parts.push(chunk("iCCP", joinedBytes([ascii("icc\0\0"), deflateSync(new Uint8Array(3e6))])));
  }
  if (rarely(draw, 6)) parts.push(chunk("acTL", words(draw(4), 0)));
  if (rarely(draw, 6)) {
    const box = words(0, width - draw(2), height - draw(2), draw(2), draw(2));
    parts.push(chunk("fcTL", joinedBytes([box, new Uint8Array(6)])));
  }
  if (colour === 3 && !rarely(draw, 20)) parts.push(chunk("PLTE", noise(draw, 3 * colours)));
  if (rarely(draw, 3)) parts.push(chunk("tRNS", noise(draw, oneOf(draw, [1, 2, 6, draw(300)]))));
  if (rarely(draw, 4)) parts.push(chunk("eXIf", exifBlock(draw)));
  parts.push(chunk("IDAT", packed.subarray(0, half)), chunk("IDAT", packed.subarray(half)));
  if (rarely(draw, 6)) parts.push(chunk("fdAT", joinedBytes([words(1), packed])));
  if (rarely(draw, 5)) parts.push(chunk("eXIf", exifBlock(draw)));
  return joinedBytes([...parts, chunk("IEND", new Uint8Array())]);
}

/** Packs GIF's codes so that no table grows: each few values are behind a code that clears it. */
function plainCodes(values: Uint8Array, bits: number): Uint8Array {
  const bytes: number[] = [], clear = 1 << bits;
  let held = 0, count = 0, run = 0;
  const put = (code: number) => {
    held |= code << count;
    for (count += bits + 1; count >= 8; count -= 8, held >>= 8) bytes.push(held & 255);
  };
  put(clear);
  for (const value of values) {
    if (++run > clear - 3) {
      put(clear);
      run = 1;
    }
    put(value % clear);
  }
  put(clear + 1);
  if (count > 0) bytes.push(held & 255);
  return Uint8Array.from(bytes);
}

/** A GIF of some frames, of which each has a size, a place, a palette or none, and lines in any order. */
export function builtGif(draw: Draw): Uint8Array {
  const screen = [1 + draw(30), 1 + draw(30)], isShared = draw(3) > 0, shared = draw(8);
  const parts: Uint8Array[] = [
    ascii("GIF89a"),
    numbers(2, screen),
    Uint8Array.of((isShared ? 0x80 : 0) | shared, draw(4), 0),
    noise(draw, isShared ? 6 << shared : 0),
  ];
  for (let frames = 1 + draw(3); frames > 0; frames--) {
    if (rarely(draw, 3)) {
      parts.push(Uint8Array.of(0x21, 0xf9, 4, draw(2) | draw(8) << 2, 1, 0, draw(260), 0));
    }
    const sides = screen.map((side) => rarely(draw, 3) ? 1 + draw(side) : side);
    const places = screen.map((side, at) => rarely(draw, 12) ? draw(9) : draw(side - sides[at] + 1));
    const isOwn = rarely(draw, 3), own = draw(8), bits = rarely(draw, 20) ? draw(13) : 2 + draw(7);
    const pixels = sides[0] * sides[1], stated = rarely(draw, 3) ? draw(pixels + 1) : pixels;
    const order = draw(2) << 6;
    parts.push(Uint8Array.of(0x2c), numbers(2, [...places, ...sides]));
    parts.push(Uint8Array.of((isOwn ? 0x80 : 0) | order | own), noise(draw, isOwn ? 6 << own : 0));
    parts.push(Uint8Array.of(bits));
    const codes = plainCodes(noise(draw, stated), Math.max(2, Math.min(bits, 8)));
    for (let at = 0; at < codes.length; at += 255) {
      const block = codes.subarray(at, at + 255);
      parts.push(Uint8Array.of(block.length), block);
    }
    if (!rarely(draw, 15)) parts.push(Uint8Array.of(0));
  }
  return joinedBytes([...parts, ascii(rarely(draw, 10) ? "" : ";")]);
}

/** A BMP of any header, depth and compression, from the top or the bottom, with runs that go beyond. */
export function builtBmp(draw: Draw): Uint8Array {
  const size = oneOf(draw, [12, 40, 40, 40, 52, 56, 64, 108, 124]), bits = oneOf(draw, [1, 4, 8, 16, 24, 32]);
  const width = 1 + draw(20), height = 1 + draw(20);
  const stored = rarely(draw, 2) ? 0 : bits === 8 ? 1 : bits === 4 ? 2 : oneOf(draw, [0, 3, 3, 4, 5, 6]);
  const colours = bits > 8 ? 0 : rarely(draw, 3) ? draw(300) : 1 << bits, isDown = rarely(draw, 3);
  const head = size === 12
    ? joinedBytes([numbers(4, [12]), numbers(2, [width, height, 1, bits])])
    : joinedBytes([
      numbers(4, [size, width, isDown ? -height : height]),
      numbers(2, [1, bits]),
      numbers(4, [stored, 0, 2835, 2835, rarely(draw, 2) ? 0 : colours, 0]),
      numbers(4, bits === 16 ? [0xf800, 0x7e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, draw(2) * 0xff000000]),
      new Uint8Array(84),
    ]).subarray(0, size);
  const masks = size === 40 && stored === 3 ? numbers(4, [0xff0000, 0xff00, 0xff]) : new Uint8Array();
  const palette = rarely(draw, 4) // greys in order, which Pillow reads in its own way
    ? Uint8Array.from({ length: 4 * colours }, (_, at) => at % 4 === 3 ? 0 : at >> 2)
    : noise(draw, (size === 12 ? 3 : 4) * colours);
  const lines = Math.ceil(width * bits / 32) * 4 * height;
  const pixels = stored === 1 || stored === 2
    ? runs(draw)
    : noise(draw, rarely(draw, 5) ? draw(lines) : lines);
  const before = 14 + head.length + masks.length + palette.length + (rarely(draw, 10) ? draw(9) : 0);
  const file = numbers(4, [before + pixels.length, 0, before]);
  return joinedBytes([ascii("BM"), file, head, masks, palette, pixels]);
}

/** Runs of RLE4 or RLE8, whose escapes may lead beyond the picture. */
function runs(draw: Draw): Uint8Array {
  const bytes: number[] = [];
  for (let left = draw(60); left > 0; left--) {
    const kind = draw(6);
    if (kind < 3) bytes.push(draw(24), draw(256));
    else if (kind === 3) bytes.push(0, 0);
    else if (kind === 4) bytes.push(0, 2, draw(30), draw(30));
    else bytes.push(0, 3 + draw(5), ...noise(draw, draw(8)));
  }
  return Uint8Array.from(rarely(draw, 3) ? bytes : [...bytes, 0, 1]);
}
