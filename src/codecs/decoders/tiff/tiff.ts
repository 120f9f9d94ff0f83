import { VitrailError } from "../../../errors.ts";
import { damageOf } from "../../damage/damage.ts";
import type { Decoder, DecoderOptions } from "../decoder.ts";
import { jpegDecoder } from "../jpeg.ts";
import { wholeJpeg } from "./jpeg_strips.ts";
import { addDifferences } from "./predictor.ts";
import { rgbaOfSamples } from "./samples.ts";
import { unpackedStrip } from "./strips.ts";
import { COMPRESSION, type TiffKind, tiffKind, unreadTiff } from "./tiff_kind.ts";

/** Decodes the first picture of a TIFF: plain, LZW, deflate, PackBits, fax of group 4, and JPEG. */
export const tiffDecoder: Decoder = {
  name: "tiff",
  formats: ["tiff"],
  portable: true,
  missing: () => jpegDecoder.missing(),
  cannot(bytes) {
    try {
      return unreadTiff(tiffKind(bytes));
    } catch (error) {
      if (error instanceof RangeError) return `a TIFF whose directory is damaged (${error.message})`;
      throw error;
    }
  },
  async decode(bytes, _format, options) {
    const kind = tiffKind(bytes), { width, height } = kind;
    const isJpeg = kind.compression === COMPRESSION.JPEG;
    const pixelBytes = isJpeg ? 4 : kind.bits * kind.samples / 8;
    const raster = new Uint8Array(Math.ceil(width * pixelBytes) * height);
    for (let index = 0; index < kind.offsets.length; index++) {
      const block = isJpeg
        ? await jpegBlock(bytes, kind, index, options)
        : await packedBlock(bytes, kind, index);
      place(block, raster, kind, index, pixelBytes);
    }
    return { width, height, data: isJpeg ? raster : rgbaOfSamples(raster, kind) };
  },
};

/** Reads a block of samples, its lines packed in whole bytes. */
async function packedBlock(bytes: Uint8Array, kind: TiffKind, index: number): Promise<Uint8Array> {
  const { compression, block: { width }, bits, samples, predictor } = kind;
  const lineBytes = Math.ceil(width * bits * samples / 8), length = lineBytes * linesOf(kind, index);
  // Pillow reads plain pixels from where they begin, however few they are said to be.
  const stored = compression === COMPRESSION.NONE ? length : kind.lengths[index];
  const block = await unpackedStrip(storedBlock(bytes, kind, index, stored), compression, length, width);
  if (predictor === 2 && (compression === COMPRESSION.LZW || isDeflated(compression))) {
    addDifferences(block, lineBytes, kind);
  }
  return block;
}

function isDeflated(compression: number): boolean {
  return compression === COMPRESSION.DEFLATE || compression === COMPRESSION.OLD_DEFLATE;
}

/** Decodes a block that is a JPEG, to RGBA. */
async function jpegBlock(
  bytes: Uint8Array,
  kind: TiffKind,
  index: number,
  options: DecoderOptions,
): Promise<Uint8Array> {
  const { block, jpegTables, photometric } = kind;
  const jpeg = wholeJpeg(storedBlock(bytes, kind, index, kind.lengths[index]), jpegTables, photometric);
  const unread = jpegDecoder.cannot(jpeg, "jpeg") ?? (options.damaged === "refuse" && damageOf(jpeg, "jpeg"));
  if (unread) throw new VitrailError("decode", `of a JPEG strip: ${unread}`);
  const { width, height, data } = await jpegDecoder.decode(jpeg, "jpeg", { ...options, channels: 4 });
  if (width === block.width && (height === block.height || height === linesOf(kind, index))) return data;
  throw new VitrailError(
    "decode",
    `a strip of it is ${width}x${height}, and should be ${block.width}x${block.height}`,
  );
}

/** Returns the bytes of a block as stored. */
function storedBlock(bytes: Uint8Array, { offsets }: TiffKind, index: number, length: number): Uint8Array {
  const end = offsets[index] + length;
  if (end <= bytes.length) return bytes.subarray(offsets[index], end);
  throw new VitrailError("decode", `TIFF data ends after ${bytes.length} bytes, and a strip of it at ${end}`);
}

/** Returns the lines of a block; of the last strips, those within the picture. */
function linesOf({ height, isTiled, block, columns }: TiffKind, index: number): number {
  if (isTiled) return block.height;
  return Math.min(block.height, height - Math.floor(index / columns) * block.height);
}

/** Puts the part of a block that lies within the picture in its place. */
function place(
  block: Uint8Array,
  raster: Uint8Array,
  kind: TiffKind,
  index: number,
  pixelBytes: number,
): void {
  const lineBytes = Math.ceil(kind.width * pixelBytes), blockBytes = Math.ceil(kind.block.width * pixelBytes);
  const left = index % kind.columns * blockBytes, top = Math.floor(index / kind.columns) * kind.block.height;
  const lines = Math.min(kind.block.height, kind.height - top),
    length = Math.min(blockBytes, lineBytes - left);
  for (let y = 0; y < lines; y++) {
    raster.set(block.subarray(y * blockBytes, y * blockBytes + length), (top + y) * lineBytes + left);
  }
}
