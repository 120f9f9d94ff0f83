/** Fixtures in containers that were built anew, with fields that lie, by the numbers that are drawn. */

import { joinedBytes } from "../../../../src/codecs/headers/binary.ts";
import {
  isFrameHeader,
  type JpegSegment,
  jpegSegments,
  MARKER,
} from "../../../../src/codecs/headers/jpeg_segments.ts";
import { fixtureBytes } from "../../pictures/fixtures.ts";
import { ascii, builtBmp, builtGif, builtPng, noise, numbers, rarely } from "./built_pictures.ts";
import { type Draw, oneOf } from "../draws.ts";
import { directoryBytes, entryOf, exifBlock, turnEntries } from "./exif_block.ts";
import type { MutatedPicture } from "./mutated_pictures.ts";
import { restartsJpeg } from "./restarts_jpeg.ts";

const JPEGS = [
  "cmyk-bare.jpg",
  "cmyk.jpg",
  "ycck.jpg",
  "grey.jpg",
  "progressive.jpg",
  "rgb-420.jpg",
  "rgb-444.jpg",
  "rgb-adobe.jpg",
  "rgb-tiny.jpg",
  "turned-6.jpg",
  "icc.jpg",
];

const segment = (marker: number, data: Uint8Array) =>
  joinedBytes([Uint8Array.of(0xff, marker), numbers(2, [data.length + 2], true), data]);

const adobe = (transform: number) =>
  segment(0xee, Uint8Array.of(...ascii("Adobe"), 0, 100, 0, 0, 0, 0, transform));

/** A part of a colour profile that says which of how many it is. */
const profile = (draw: Draw, part: number, parts: number) =>
  segment(0xe2, joinedBytes([ascii("ICC_PROFILE\0"), Uint8Array.of(part, parts), noise(draw, draw(2000))]));

/** Changes one segment; none of it leaves it out. */
function changed(draw: Draw, bytes: Uint8Array, { marker, start, end }: JpegSegment): Uint8Array {
  const data = bytes.slice(start, end);
  if (isFrameHeader(marker)) {
    if (rarely(draw, 8)) data[0] = oneOf(draw, [2, 8, 12, 16]);
    if (rarely(draw, 8)) data.set(ascii("RGB").subarray(0, 1), 6);
    if (data[5] === 3 && rarely(draw, 8)) {
      for (const [at, id] of ascii("RGB").entries()) data[6 + 3 * at] = id;
    }
    if (rarely(draw, 8)) data[7] = oneOf(draw, [0x11, 0x21, 0x12, 0x22, 0x41, 0x14, 0x31, 0]);
    return segment(rarely(draw, 4) ? 0xc0 + oneOf(draw, [1, 2, 3, 5, 9, 10, 11]) : marker, data);
  }
  if (marker === 0xee) return rarely(draw, 3) ? new Uint8Array() : adobe(oneOf(draw, [0, 1, 2, 3, 255]));
  if (marker === 0xe0 && rarely(draw, 3)) return new Uint8Array();
  return segment(marker, data);
}

/** EXIF of a JPEG. On very short blocks, and BigTIFF, Pillow 9.4 fails as it opens the file, unlike 12.3. */
function longExif(draw: Draw): Uint8Array {
  const block = exifBlock(draw);
  return block.length < 14 || block.includes(0x2b) ? new Uint8Array(14) : block;
}

/** A JPEG whose markers, profiles, blocks of EXIF, components and restarts are others. */
export async function rebuiltJpeg(draw: Draw): Promise<Uint8Array> {
  if (rarely(draw, 3)) return restartsJpeg(draw);
  const bytes = await fixtureBytes(oneOf(draw, JPEGS)), parts: Uint8Array[] = [Uint8Array.of(0xff, 0xd8)];
  if (rarely(draw, 3)) parts.push(segment(0xe1, longExif(draw)));
  if (rarely(draw, 4)) parts.push(segment(0xe1, longExif(draw)));
  if (rarely(draw, 4)) parts.push(adobe(oneOf(draw, [0, 1, 2, 255])));
  for (let left = rarely(draw, 4) ? 1 + draw(4) : 0; left > 0; left--) {
    parts.push(profile(draw, draw(4), oneOf(draw, [0, 1, 3, 255])));
  }
  let end = 2;
  for (const each of jpegSegments(bytes)) {
    const { marker, start } = each;
    if (marker === MARKER.SOS && rarely(draw, 5)) {
      parts.push(segment(MARKER.DRI, numbers(2, [oneOf(draw, [0, 1, 2, 5, 0xffff])], true)));
    }
    const scan = bytes.subarray(end, marker === MARKER.EOI ? start - 2 : start - 4);
    parts.push(scan.length > 0 && rarely(draw, 4) ? withRestarts(draw, scan) : scan);
    if (marker === MARKER.EOI) break;
    parts.push(changed(draw, bytes, each));
    end = each.end;
  }
  return joinedBytes([...parts, Uint8Array.of(0xff, MARKER.EOI)]);
}

/** Puts restart markers between the bytes of a scan. */
function withRestarts(draw: Draw, scan: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let left = 1 + draw(3); left > 0; left--) {
    const at = from + draw(scan.length - from + 1);
    if (scan[at - 1] === 0xff) continue;
    parts.push(scan.subarray(from, at), Uint8Array.of(0xff, 0xd0 + draw(8)));
    from = at;
  }
  return joinedBytes([...parts, scan.subarray(from)]);
}

const riffChunk = (type: string, data: Uint8Array, length = data.length) =>
  joinedBytes([ascii(type), numbers(4, [length]), data, new Uint8Array(data.length % 2)]);

/** Returns a size as WebP has it, of which each side may be another by a few pixels. */
function sides(draw: Draw, width: number, height: number): Uint8Array {
  const side = (length: number) => length - 1 + (rarely(draw, 6) ? draw(5) - 2 : 0);
  return numbers(3, [side(width), side(height)]);
}

/** A WebP with a canvas, profiles, EXIF, and frames whose sizes and places may lie. */
export async function rebuiltWebp(draw: Draw): Promise<Uint8Array> {
  const file = oneOf(draw, ["lossless.webp", "lossless-alpha.webp", "lossy.webp"]);
  const bytes = await fixtureBytes(file), view = new DataView(bytes.buffer);
  const chunks: Record<string, Uint8Array> = {};
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true), type = new TextDecoder().decode(bytes.subarray(at, at + 4));
    chunks[type] = bytes.subarray(at + 8, at + 8 + length);
    at += 8 + length + length % 2;
  }
  const type = "VP8L" in chunks ? "VP8L" : "VP8 ", pixels = riffChunk(type, chunks[type]);
  const [width, height] = [61, 43], isMoving = rarely(draw, 3);
  const flags = (isMoving !== rarely(draw, 10) ? 2 : 0) | (draw(2) ? 8 : 0) | draw(2) << 4 |
    (rarely(draw, 6) ? 32 : 0);
  const head = joinedBytes([Uint8Array.of(flags, 0, 0, 0), sides(draw, width, height)]),
    parts: Uint8Array[] = [riffChunk("VP8X", head)];
  if (rarely(draw, 3)) {
    parts.push(riffChunk("ICCP", noise(draw, 200), oneOf(draw, [200, 200, 201, 0x7fffffff])));
  }
  if (isMoving) parts.push(riffChunk("ANIM", new Uint8Array(6)));
  for (let frames = isMoving ? 1 + draw(3) : 0; frames > 0; frames--) {
    const places = numbers(3, [rarely(draw, 6) ? draw(9) : 0, rarely(draw, 6) ? draw(9) : 0]);
    const frame = joinedBytes([
      places,
      sides(draw, width, height),
      numbers(3, [100]),
      Uint8Array.of(draw(4)),
      pixels,
    ]);
    parts.push(riffChunk("ANMF", frame));
  }
  if (!isMoving || rarely(draw, 8)) parts.push(pixels);
  if (rarely(draw, 2)) parts.push(riffChunk("EXIF", exifBlock(draw)));
  const body = joinedBytes([ascii("WEBP"), ...parts]);
  return joinedBytes([ascii("RIFF"), numbers(4, [body.length + (rarely(draw, 10) ? draw(9) - 4 : 0)]), body]);
}

/**
 * A TIFF of plain pixels in one strip, of which any tag may lie; it may be turned, and its next page may be
 * itself, its pixels, or nowhere.
 */
export function rebuiltTiff(draw: Draw): Uint8Array {
  const little = draw(2) === 0, width = 1 + draw(12), height = 1 + draw(12);
  const photometric = oneOf(draw, [0, 1, 2, 2, 3, 5, 6, 8]),
    colours = [1, 1, 3, 1, 4, 4, 3, 4, 3][photometric];
  const extra = rarely(draw, 4) ? 1 : 0,
    samples = colours + extra,
    bits = oneOf(draw, [1, 2, 4, 8, 8, 8, 16]);
  const length = Math.ceil(width * bits * samples / 8) * height;
  const count = rarely(draw, 6) ? 1 + draw(samples + 1) : samples;
  const fields: [number, number, number[]][] = [
    [256, 3, [width]],
    [257, 3, [height]],
    [258, 3, new Array(count).fill(bits)],
    [259, 3, [1]],
    [262, 3, [photometric]],
    [273, 4, [0]],
    [277, 3, [samples]],
    [278, 3, [rarely(draw, 6) ? draw(20) : height]],
    [279, 4, [length]],
  ];
  if (photometric === 3) {
    fields.push([320, 3, Array.from({ length: 3 << Math.min(bits, 8) }, () => draw(65536))]);
  }
  if (extra > 0) fields.push([338, 3, [draw(3)]]);
  if (rarely(draw, 5)) fields.push([34675, 7, [1, 2, 3, 4, 5, 6]]);
  if (rarely(draw, 6)) fields.push([oneOf(draw, [266, 284, 317, 339]), 3, [1 + draw(2)]]);
  const entries = fields.map(([tag, type, values]) => {
    const entry = entryOf(tag, rarely(draw, 60) ? oneOf(draw, [1, 3, 4, 6, 7, 8, 16]) : type, values, little);
    if (rarely(draw, 60) || tag === 34675) entry.count = oneOf(draw, [0, 1, 2, 0x7fffffff]);
    return entry;
  });
  if (rarely(draw, 2)) entries.push(...turnEntries(draw, little).filter(({ tag }) => tag === 0x112));
  entries.sort((one, other) => one.tag - other.tag);
  const before = directoryBytes(entries, little).length;
  const strip = entries.find(({ tag }) => tag === 273)!;
  strip.data = entryOf(273, strip.type, [before], little).data;
  const behind = noise(draw, rarely(draw, 8) ? draw(length) : length);
  const next = rarely(draw, 3) ? oneOf(draw, [8, before, 0xffff, 0xfffffff0]) : 0;
  return directoryBytes(entries, little, { next, behind });
}

/** Builders by format. */
const BUILDERS: Record<string, (draw: Draw) => Uint8Array | Promise<Uint8Array>> = {
  png: builtPng,
  gif: builtGif,
  bmp: builtBmp,
  jpg: rebuiltJpeg,
  webp: rebuiltWebp,
  tif: rebuiltTiff,
};

/** Returns a picture of any format that was built so. */
export async function rebuiltPicture(draw: Draw): Promise<MutatedPicture> {
  const format = oneOf(draw, Object.keys(BUILDERS));
  return { bytes: await BUILDERS[format](draw), format };
}
