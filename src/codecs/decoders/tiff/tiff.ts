import { VitrailError } from "../../../errors.ts";
import { sizeText } from "../../../plan/geometry.ts";
import { damageOf } from "../../damage/damage.ts";
import { jpegFrame } from "../../headers/jpeg_segments.ts";
import type { DamageTreatment, Decoder, DecoderOptions } from "../decoder.ts";
import { jpegDecoder } from "../jpeg.ts";
import { wholeJpeg } from "./jpeg_strips.ts";
import { addDifferences } from "./predictor.ts";
import { areRgb, rgbaOfSamples } from "./samples.ts";
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
      if (error instanceof RangeError) {
        return `a TIFF with a directory that is not read alike (${error.message})`;
      }
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
        ? await jpegBlock(bytes, kind, index, options).catch((error) => {
          if (options.damaged === "refuse") throw error;
          return new Uint8Array(0); // this block stays zeros
        })
        : packedBlock(bytes, kind, index, options.damaged);
      place(block, raster, kind, index, pixelBytes);
    }
    const isReady = isJpeg || options.channels === 3 && areRgb(kind);
    return { width, height, data: isReady ? raster : rgbaOfSamples(raster, kind) };
  },
};

/** Reads a block of samples, its lines packed in whole bytes. */
function packedBlock(
  bytes: Uint8Array,
  kind: TiffKind,
  index: number,
  damaged: DamageTreatment,
): Uint8Array {
  const { compression, block: { width }, bits, samples, predictor } = kind;
  const lineBytes = Math.ceil(width * bits * samples / 8), length = lineBytes * linesOf(kind, index);
  // Pillow reads plain pixels from where they begin, however few they are said to be.
  const stored = compression === COMPRESSION.NONE ? length : kind.lengths[index];
  const packed = storedBlock(bytes, kind, index, stored, damaged);
  const block = unpackedStrip(packed, compression, length, width, damaged);
  if (predictor === 2 && (compression === COMPRESSION.LZW || isDeflated(compression))) {
    addDifferences(block, lineBytes, kind);
  }
  return block;
}

function isDeflated(compression: number): boolean {
  return compression === COMPRESSION.DEFLATE || compression === COMPRESSION.OLD_DEFLATE;
}

/**
 * Refuses a TIFF whose deflated strips are not whole, or hold more than their lines; other decoders pass over
 * it. A picture in planes has the strips of each in turn.
 */
export function requireWholeStrips(bytes: Uint8Array, kind: TiffKind): void {
  const { compression, block: { width }, bits, samples, planes, offsets, lengths } = kind;
  if (!isDeflated(compression)) return;
  const lineBytes = Math.ceil(width * bits * (planes === 1 ? samples : 1) / 8);
  const strips = planes === 1 ? offsets.length : offsets.length / samples;
  for (let index = 0; index < offsets.length; index++) {
    const packed = storedBlock(bytes, kind, index, lengths[index], "refuse");
    unpackedStrip(packed, compression, lineBytes * linesOf(kind, index % strips), width, "refuse");
  }
}

/** Decodes a block that is a JPEG, to RGBA. */
async function jpegBlock(
  bytes: Uint8Array,
  kind: TiffKind,
  index: number,
  options: DecoderOptions,
): Promise<Uint8Array> {
  const { jpegTables, photometric, lengths } = kind;
  const jpeg = wholeJpeg(
    storedBlock(bytes, kind, index, lengths[index], options.damaged),
    jpegTables,
    photometric,
  );
  requireFrame(jpeg, kind, index);
  const unread = jpegDecoder.cannot(jpeg, "jpeg") ?? (options.damaged === "refuse" && damageOf(jpeg, "jpeg"));
  if (unread) throw new VitrailError("decode", `of a JPEG strip: ${unread}`);
  return (await jpegDecoder.decode(jpeg, "jpeg", { ...options, channels: 4 })).data;
}

/** Refuses a JPEG, before it is decoded, that has not the size and the colours of its block. */
function requireFrame(jpeg: Uint8Array, kind: TiffKind, index: number): void {
  const { block, samples } = kind, frame = jpegFrame(jpeg);
  if (frame === undefined) throw new VitrailError("decode", "a strip of it is a JPEG without a frame header");
  const isHigh = frame.height === block.height || frame.height === linesOf(kind, index);
  if (frame.width === block.width && isHigh && frame.components === samples) return;
  const found = `${sizeText(frame)} of ${frame.components} components`;
  throw new VitrailError(
    "decode",
    `a strip of it is ${found}, and should be ${sizeText(block)} of ${samples}`,
  );
}

/** Returns the bytes of a block as stored; those that are there, where damage is kept. */
function storedBlock(
  bytes: Uint8Array,
  { offsets }: TiffKind,
  index: number,
  length: number,
  damaged: DamageTreatment,
): Uint8Array {
  const end = offsets[index] + length;
  if (end <= bytes.length || damaged === "keep") return bytes.subarray(offsets[index], end);
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
