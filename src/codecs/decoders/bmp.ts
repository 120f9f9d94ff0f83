import decodeBmp from "npm:decode-bmp@0.2.1";
import type { Size } from "../../plan/geometry.ts";
import { dataViewOf } from "../headers/binary.ts";
import type { Channels, DecodedPixels, Decoder } from "./decoder.ts";

/** Bytes before the bitmap's own header. */
const FILE_HEADER = 14;

/** Ways in which pixels are stored. */
const PLAIN = 0, MASKED = 3;

/**
 * Decodes BMP: palettes, by decode-bmp, and true colour, uncompressed and stored from the bottom up.
 *
 * Nearly every BMP is such a one.
 */
export const bmpDecoder: Decoder = {
  name: "decode-bmp",
  formats: ["bmp"],
  portable: true,
  missing: () => Promise.resolve(undefined),
  cannot(bytes) {
    const { headerSize, height, bits, stored, colours, pixels } = bmpKind(bytes);
    if (headerSize < 40) return "a BMP of OS/2";
    if (headerSize === 52 || headerSize === 56) return `a BMP with a header of ${headerSize} bytes`;
    if (height < 0) return "a BMP stored from the top down";
    if (stored !== PLAIN && !(stored === MASKED && bits === 32 && hasPlainMasks(bytes))) {
      return "a compressed BMP";
    }
    if (![1, 4, 8, 24, 32].includes(bits)) return `a BMP of ${bits} bits a pixel`;
    const colourCount = colours || 1 << bits;
    if (bits <= 8 && colourCount > 1 << bits) {
      return `a BMP of ${colourCount} colours and ${bits} bits a pixel`;
    }
    if (bits <= 8 && bits !== pillowBits(bytes, headerSize, colourCount, bits)) {
      return `a BMP of greys, ${bits} bits a pixel`;
    }
    const palette = bits > 8 ? 0 : colours || 1 << bits;
    const own = FILE_HEADER + headerSize + 4 * palette;
    return pixels === own && (bits <= 8 || colours === 0) ? undefined : "a BMP with a gap before its pixels";
  },
  decode: (bytes, _, { channels }) => Promise.try(decodePixels, bytes, channels),
};

/** Decodes a BMP; throws what decode-bmp throws. */
function decodePixels(bytes: Uint8Array, channels: Channels): DecodedPixels {
  const kind = bmpKind(bytes), { bits, colours, pixels } = kind;
  if (bits >= 24 && bytes.length >= pixels + kind.height * lineBytesOf(kind)) {
    return trueColour(bytes, kind, channels);
  }
  const { width, height, data } = decodeBmp(bytes);
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.length);
  if (bits <= 8 && colours > 0 && colours < 1 << bits) {
    greysBeyond(rgba, { width, height }, bytes.subarray(pixels), bits, colours);
  }
  return { width, height, data: rgba };
}

/** Returns the bytes of a stored line, which are a multiple of four. */
function lineBytesOf({ width, bits }: Pick<BmpKind, "width" | "bits">): number {
  return Math.ceil(width * bits / 32) * 4;
}

/**
 * Decodes true colour whose lines are all there. decode-bmp calls a function for each byte, and takes nine
 * times as long.
 *
 * The fourth byte of plain 32-bit pixels is no alpha. Source: Pillow `src/PIL/BmpImagePlugin.py`, BGRX.
 */
function trueColour(bytes: Uint8Array, kind: BmpKind, channels: Channels): DecodedPixels {
  const { width, height, bits, stored, pixels } = kind, hasAlpha = stored === MASKED;
  const step = bits / 8, lineBytes = lineBytesOf(kind), made = hasAlpha ? 4 : channels;
  const data = new Uint8Array(width * height * made);
  for (let y = 0, at = 0; y < height; y++) {
    let from = pixels + (height - 1 - y) * lineBytes; // the lowest line comes first
    for (let x = 0; x < width; x++, from += step, at += made) {
      data[at] = bytes[from + 2];
      data[at + 1] = bytes[from + 1];
      data[at + 2] = bytes[from];
      if (made === 4) data[at + 3] = hasAlpha ? bytes[from + 3] : 255;
    }
  }
  return { width, height, data };
}

/**
 * Puts greys where an index is beyond the palette, in place. Source: Pillow `src/libImaging/Palette.c`,
 * `ImagingPaletteNew`.
 */
function greysBeyond(
  rgba: Uint8Array,
  { width, height }: Size,
  packed: Uint8Array,
  bits: number,
  colours: number,
): void {
  const lineBytes = lineBytesOf({ width, bits }), mask = (1 << bits) - 1;
  for (let y = 0, at = 0; y < height; y++) {
    const line = (height - 1 - y) * lineBytes; // the lowest line comes first
    for (let x = 0; x < width; x++, at += 4) {
      const bit = x * bits, index = packed[line + (bit >> 3)] >> (8 - bits - (bit & 7)) & mask;
      if (index >= colours) rgba.fill(index, at, at + 3);
    }
  }
}

/** The storing of a BMP, by its headers. */
interface BmpKind extends Size {
  /** Bytes of its second header; 0 where there is none that is read here, as the rest then says nothing. */
  headerSize: number;
  /** Bits of a pixel. */
  bits: number;
  /** The way in which pixels are stored. */
  stored: number;
  /** The colours of its palette, or 0 for as many as there can be. */
  colours: number;
  /** The place of the first line. */
  pixels: number;
}

/** Reads from a BMP's headers how it is stored. */
function bmpKind(bytes: Uint8Array): BmpKind {
  const view = dataViewOf(bytes), headerSize = view.getUint32(14, true);
  const full = headerSize >= 40 && bytes.length >= FILE_HEADER + 40;
  return {
    headerSize: full ? headerSize : 0,
    width: full ? view.getInt32(18, true) : 0,
    height: full ? view.getInt32(22, true) : 0,
    bits: full ? view.getUint16(28, true) : 0,
    stored: full ? view.getUint32(30, true) : PLAIN,
    colours: full ? view.getUint32(46, true) : 0,
    pixels: view.getUint32(10, true),
  };
}

/**
 * Returns the bits that Pillow takes for a pixel's: where the palette is of greys in order, it reads bits or
 * bytes, whatever the header says.
 *
 * Source: Pillow `src/PIL/BmpImagePlugin.py`, `_bitmap`.
 */
function pillowBits(bytes: Uint8Array, headerSize: number, colours: number, bits: number): number {
  const start = FILE_HEADER + headerSize, step = colours === 2 ? 255 : 1;
  for (let index = 0; index < colours; index++) {
    const at = start + 4 * index;
    if (bytes.subarray(at, at + 3).some((value) => value !== index * step)) return bits;
  }
  return colours === 2 ? 1 : 8;
}

/** Returns whether a header has room for four masks, and they are blue, green, red, alpha in this order. */
function hasPlainMasks(bytes: Uint8Array): boolean {
  const view = dataViewOf(bytes);
  if (view.getUint32(14, true) < 56 || bytes.length < 70) return false;
  return [0xff0000, 0xff00, 0xff, 0xff000000].every((mask, i) => view.getUint32(54 + 4 * i, true) === mask);
}
