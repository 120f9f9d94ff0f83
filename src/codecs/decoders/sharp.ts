import type { Metadata, Sharp } from "npm:sharp@0.35.5";
import { VitrailError } from "../../errors.ts";
import { runtime } from "../../runtime/here.ts";
import type { Format } from "../headers/format.ts";
import { jpegFrame } from "../headers/jpeg_segments.ts";
import { pngKind } from "../headers/png_kind.ts";
import { hidesAlpha } from "../headers/webp_frame.ts";
import { rgbaOfCmyk } from "./cmyk.ts";
import type { Channels, DecodedPixels, Decoder } from "./decoder.ts";
import { plainPng } from "./plain_png.ts";
import { requireWholeStrips } from "./tiff/tiff.ts";
import {
  COLOURS,
  COMPRESSION,
  oddColours,
  PHOTOMETRIC,
  type TiffColours,
  type TiffKind,
  tiffKind,
} from "./tiff/tiff_kind.ts";

/** Colour spaces whose conversion to 8-bit sRGB by libvips gives Pillow's bytes. */
const PLAIN_SPACES = ["srgb", "b-w", "rgb16", "grey16"];

/** Compressions of TIFF that are faxes: modified Huffman, groups 3 and 4, and the first in whole words. */
const FAXES = [2, 3, 4, 32771];

/** The colours of a TIFF of which libvips gives Pillow's bytes. */
const TIFF_COLOURS: TiffColours = { ...COLOURS, [PHOTOMETRIC.RGB]: { samples: 3, bits: [8, 16] } };

/** True once the library was loaded: nobody asks again for each picture. */
let isLoaded = false;

/**
 * Decodes by libvips, off the main thread, all formats but BMP, which it does not read, and GIF, where it
 * hides that pixels are missing.
 *
 * AVIF alone is not proved to be Pillow's bytes, since the Pillow that all else is held against reads none. A
 * lossless AVIF gives the very pixels that went in.
 */
export const sharpDecoder: Decoder = {
  name: "sharp",
  formats: ["jpeg", "png", "webp", "tiff", "avif"],
  portable: false,
  async missing() {
    if (isLoaded) return undefined;
    const missing = await runtime.nativeMissing();
    if (missing !== undefined) return missing;
    try {
      await library();
      isLoaded = true;
    } catch {
      return "its native library does not load";
    }
  },
  cannot(bytes, format) {
    if (format === "tiff") return inexactTiff(bytes);
    // libvips takes the second component for alpha.
    if (format === "jpeg" && jpegFrame(bytes)?.components === 2) return "a JPEG of 2 components";
    if (format === "webp" && hidesAlpha(bytes)) return "a WebP that does not announce its alpha";
    return undefined;
  },
  async decode(bytes, format, { channels, damaged }) {
    const sharp = await library();
    if (format === "tiff" && damaged === "refuse") requireWholeStrips(bytes, tiffKind(bytes));
    // The caller has checked the size. Pillow applies no profile and no orientation.
    const failOn = damaged === "refuse" ? "error" : "none";
    const readable = format === "png" ? plainPng(bytes) : bytes;
    const picture = sharp(readable, { limitInputPixels: false, ignoreIcc: true, failOn });
    if (isPlain(bytes, format)) return await colouredOf(picture, channels);
    return await pixelsOf(picture, await picture.metadata(), channels);
  },
};

/**
 * Says what a TIFF is that libvips reads otherwise than Pillow; of faxes, JPEG and tiles it passes over
 * damage.
 */
function inexactTiff(bytes: Uint8Array): string | undefined {
  try {
    const kind = tiffKind(bytes), { compression, isTiled } = kind;
    if (FAXES.includes(compression)) return "a fax in a TIFF";
    if (compression === COMPRESSION.JPEG) return "a JPEG in a TIFF";
    if (isTiled) return "a TIFF in tiles";
    return oddColours(kind, TIFF_COLOURS) ?? oddSamples(kind);
  } catch (error) {
    if (error instanceof RangeError) {
      return `a TIFF with a directory that is not read alike (${error.message})`;
    }
    throw error;
  }
}

/** Says that libvips takes a TIFF's strips, planes, fourth sample or colours for others than Pillow does. */
function oddSamples(kind: TiffKind): string | undefined {
  const { height, block, offsets, planes, samples, bits, extra, palette } = kind;
  const strips = Math.ceil(height / block.height) * (planes === 1 ? 1 : samples);
  if (offsets.length !== strips) return `a TIFF of ${offsets.length} strips, in place of ${strips}`;
  if (planes !== 1 && (bits === 16 || samples === 2)) return "a TIFF with a plane for each colour";
  if (extra[0] === 0) return "a TIFF with a sample of no meaning";
  const isDark = palette.every((value) => value < 256), isWide = palette.some((value) => value > 0xffff);
  return palette.length > 0 && (isDark || isWide) ? "a TIFF with colours that have not 16 bits" : undefined;
}

/**
 * Loads sharp when it is first wanted: an import at the top would ask for permissions, or fail without them.
 */
async function library(): Promise<typeof import("npm:sharp@0.35.5").default> {
  return (await import("npm:sharp@0.35.5")).default;
}

/**
 * Returns whether a picture is grey or RGB of 8 bits, or fewer, by its own header: libvips need not be asked,
 * which takes a job of its own.
 */
function isPlain(bytes: Uint8Array, format: Format): boolean {
  if (format === "png") return pngKind(bytes).depth <= 8;
  const frame = format === "jpeg" ? jpegFrame(bytes) : undefined;
  return frame !== undefined && frame.depth === 8 && (frame.components === 1 || frame.components === 3);
}

/**
 * Reads a picture's pixels, by way of the colour space that gives Pillow's bytes.
 *
 * @throws {VitrailError} `decode` for a depth or colours that Vitrail does not read.
 */
async function pixelsOf(
  picture: Sharp,
  { space, channels, depth }: Metadata,
  wanted: Channels,
): Promise<DecodedPixels> {
  if (depth !== "uchar" && depth !== "ushort") {
    throw new VitrailError("decode", `its samples are ${depth}; Vitrail reads 8 and 16 bits a sample`);
  }
  if (space === "cmyk" && channels === 4 && depth === "uchar") {
    const cmyk = await rawOf(picture.pipelineColourspace("cmyk").toColourspace("cmyk"));
    return { ...cmyk, data: rgbaOfCmyk(cmyk.data) };
  }
  if (space === "grey16" && channels === 1) {
    const grey = await rawOf(picture.toColourspace("grey16"), "ushort");
    const values = new Uint16Array(grey.data.buffer, grey.data.byteOffset, grey.width * grey.height);
    return { ...grey, data: clippedGrey(values) };
  }
  if (!PLAIN_SPACES.includes(space)) {
    throw new VitrailError(
      "decode",
      `its colours are ${space} with ${channels} channels; Vitrail reads grey, RGB and CMYK`,
    );
  }
  return await colouredOf(picture, wanted);
}

/** Reads a picture's pixels as RGB or RGBA. */
async function colouredOf(picture: Sharp, wanted: Channels): Promise<DecodedPixels> {
  const coloured = picture.toColourspace("srgb");
  return await rawOf(wanted === 3 ? coloured.removeAlpha() : coloured.ensureAlpha());
}

/** Reads the values of a picture's channels, one or two bytes each. */
async function rawOf(picture: Sharp, depth: "uchar" | "ushort" = "uchar"): Promise<DecodedPixels> {
  const { data, info } = await picture.raw({ depth }).toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
  };
}

/**
 * Converts 16-bit grey to RGBA.
 *
 * Pillow reads it as mode I, whose `convert("RGB")` clips to 255 and does not scale.
 */
function clippedGrey(grey: Uint16Array): Uint8Array {
  const rgba = new Uint8Array(grey.length * 4).fill(255);
  for (let pixel = 0, to = 0; pixel < grey.length; pixel++, to += 4) {
    rgba[to] = rgba[to + 1] = rgba[to + 2] = Math.min(grey[pixel], 255);
  }
  return rgba;
}
