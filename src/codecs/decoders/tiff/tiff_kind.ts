import { type Size, sizeText } from "../../../plan/geometry.ts";
import { TAG, TiffDirectory } from "../../headers/tiff_directory.ts";

/** Ways in which a TIFF's pixels are stored. */
export const COMPRESSION = {
  NONE: 1,
  GROUP4: 4,
  LZW: 5,
  JPEG: 7,
  DEFLATE: 8,
  OLD_DEFLATE: 32946,
  PACKBITS: 32773,
};

/** Meanings of a TIFF's samples. */
export const PHOTOMETRIC = { WHITE_IS_0: 0, BLACK_IS_0: 1, RGB: 2, PALETTE: 3, CMYK: 5, YCBCR: 6 } as const;

/** The way in which a TIFF stores pixels: in blocks, which are tiles, or strips as wide as the picture. */
export interface TiffKind extends Size {
  /** True where numbers have their low byte first. */
  little: boolean;
  compression: number;
  photometric: number;
  /** Bits of a sample; NaN where they differ, or are stated of some of a pixel's samples alone. */
  bits: number;
  /** Samples of a pixel. */
  samples: number;
  /** The meaning of samples beyond the colours: 0 none, 1 premultiplied alpha, 2 alpha. */
  extra: number[];
  /** The kinds of numbers that samples are; 1 stands for unsigned integers. */
  formats: number[];
  /** 1 where a pixel's samples lie together, 2 where each has a plane. */
  planes: number;
  fillOrder: number;
  predictor: number;
  isTiled: boolean;
  /** In pixels; the last blocks may reach beyond the picture. */
  block: Size;
  /** Blocks in a line. */
  columns: number;
  /** Each block's first byte, and its length in bytes. */
  offsets: number[];
  lengths: number[];
  /** Red, green and blue, `[3, 2^bits]`, of 16 bits. */
  palette: number[];
  jpegTables: Uint8Array;
}

/** The tags that say how pixels are stored. */
const TAGS: readonly number[] = Object.values(TAG);

/**
 * Reads how a TIFF stores its first picture.
 *
 * @throws {RangeError} where its directory is damaged, or Pillow reads it otherwise.
 */
export function tiffKind(bytes: Uint8Array): TiffKind {
  const directory = new TiffDirectory(bytes);
  if (directory.big && !directory.little) {
    throw new RangeError("Pillow takes such a BigTIFF for a classic one");
  }
  if (directory.isCut) throw new RangeError("an entry of it points past the end");
  // Pillow takes the last of them, libtiff the first.
  if (directory.repeated !== undefined) {
    throw new RangeError(`its tag ${directory.repeated} stands there twice`);
  }
  const bytesIn = TAGS.find((tag) => tag !== TAG.JPEG_TABLES && directory.isBytes(tag));
  if (bytesIn !== undefined) throw new RangeError(`its tag ${bytesIn} has bytes in place of numbers`);
  const emptyTag = directory.skipped.find((tag) => TAGS.includes(tag));
  if (emptyTag !== undefined) throw new RangeError(`its tag ${emptyTag} has no value`);
  const { width, height } = directory.size();
  const isTiled = directory.has(TAG.TILE_WIDTH), bits = directory.numbers(TAG.BITS);
  const samples = directory.number(TAG.SAMPLES, 1), isOfAll = bits.length < 2 || bits.length >= samples;
  const block = isTiled
    ? { width: directory.number(TAG.TILE_WIDTH, 0), height: directory.number(TAG.TILE_HEIGHT, 0) }
    : { width, height: Math.min(directory.number(TAG.STRIP_LINES, height), height) };
  return {
    width,
    height,
    little: directory.little,
    compression: directory.number(TAG.COMPRESSION, COMPRESSION.NONE),
    photometric: directory.number(TAG.PHOTOMETRIC, PHOTOMETRIC.WHITE_IS_0),
    bits: isOfAll && bits.every((each) => each === bits[0]) ? bits[0] ?? 1 : NaN,
    samples,
    extra: directory.numbers(TAG.EXTRA_SAMPLES),
    formats: directory.numbers(TAG.SAMPLE_FORMAT),
    planes: directory.number(TAG.PLANES, 1),
    fillOrder: directory.number(TAG.FILL_ORDER, 1),
    predictor: directory.number(TAG.PREDICTOR, 1),
    isTiled,
    block,
    columns: Math.ceil(width / block.width),
    offsets: directory.numbers(isTiled ? TAG.TILE_OFFSETS : TAG.STRIP_OFFSETS),
    lengths: directory.numbers(isTiled ? TAG.TILE_LENGTHS : TAG.STRIP_LENGTHS),
    palette: directory.numbers(TAG.COLOUR_MAP),
    jpegTables: Uint8Array.from(directory.numbers(TAG.JPEG_TABLES)),
  };
}

/** Meanings that Pillow reads of samples that are a JPEG's as they are. */
const JPEG_COLOURS: readonly number[] = [PHOTOMETRIC.BLACK_IS_0, PHOTOMETRIC.RGB, PHOTOMETRIC.YCBCR];

/** Pixels that a block may have, however small its picture is. */
const BLOCK_PIXELS = 1 << 24;

/** Samples of a pixel without extra ones, and the bits that they may have, by what they mean. */
export type TiffColours = Readonly<Record<number, { samples: number; bits: readonly number[] }>>;

/** The colours that are read here. */
export const COLOURS: TiffColours = {
  [PHOTOMETRIC.WHITE_IS_0]: { samples: 1, bits: [1, 2, 4, 8] },
  [PHOTOMETRIC.BLACK_IS_0]: { samples: 1, bits: [1, 2, 4, 8, 16] },
  [PHOTOMETRIC.RGB]: { samples: 3, bits: [8] },
  [PHOTOMETRIC.PALETTE]: { samples: 1, bits: [1, 2, 4, 8] },
  [PHOTOMETRIC.CMYK]: { samples: 4, bits: [8] },
  [PHOTOMETRIC.YCBCR]: { samples: 3, bits: [8] },
};

/**
 * Says what a TIFF is that is not read here as Pillow reads it; undefined where it can be.
 *
 * Source: Pillow `src/PIL/TiffImagePlugin.py`, `OPEN_INFO`.
 */
export function unreadTiff(kind: TiffKind): string | undefined {
  const { width, height, compression, photometric, bits, samples, predictor, block } = kind;
  if (!Object.values(COMPRESSION).includes(compression)) return `a TIFF of compression ${compression}`;
  const isJpeg = compression === COMPRESSION.JPEG, odd = oddColours(kind, COLOURS);
  if (odd !== undefined) return odd;
  if (isJpeg && !JPEG_COLOURS.includes(photometric)) {
    return `a JPEG of photometric interpretation ${photometric} in a TIFF`;
  }
  if (isJpeg && bits !== 8) return `a TIFF of ${bits} bits a sample`;
  if (isJpeg && (samples === 2 || samples === 4)) return `a JPEG of ${samples} samples in a TIFF`;
  if (samples > 1 && kind.planes !== 1) return "a TIFF with a plane for each colour";
  if (predictor !== 1 && (predictor !== 2 || bits < 8)) return `a TIFF of predictor ${predictor}`;
  if (kind.isTiled && (block.width % 16 !== 0 || block.height % 16 !== 0)) return "a TIFF of odd tiles";
  if (block.width * block.height > Math.max(BLOCK_PIXELS, 4 * width * height)) {
    return `a TIFF of ${sizeText({ width, height })} in tiles of ${sizeText(block)}`;
  }
  if (compression === COMPRESSION.GROUP4 && bits * samples !== 1) return "a fax of more than one bit a pixel";
  const blocks = Math.ceil(width / block.width) * Math.ceil(height / block.height);
  if (kind.offsets.length !== blocks || kind.lengths.length !== blocks) {
    const found = `${kind.offsets.length} strips, ${kind.lengths.length} of known length`;
    return `a TIFF of ${found}, in place of ${blocks}`;
  }
}

/**
 * Says that Pillow has no mode for a TIFF's samples, or that they are none of `colours`; else undefined.
 */
export function oddColours(kind: TiffKind, colours: TiffColours): string | undefined {
  const { compression, photometric, bits, samples, extra, palette } = kind, wanted = colours[photometric];
  if (wanted === undefined || photometric === PHOTOMETRIC.YCBCR && compression !== COMPRESSION.JPEG) {
    return `a TIFF of photometric interpretation ${photometric}`;
  }
  if (Number.isNaN(bits)) return "a TIFF whose samples have no depth in common";
  if (!wanted.bits.includes(bits)) return `a TIFF of ${bits} bits a sample`;
  if (kind.fillOrder !== 1) return "a TIFF whose bits are in reverse order";
  if (samples === 1 && kind.planes !== 1) return "a TIFF of one sample a pixel in planes";
  if (kind.formats.some((format) => format !== 1)) return "a TIFF of signed numbers or floats";
  if (photometric === PHOTOMETRIC.PALETTE && palette.length !== 3 << bits) {
    return "a TIFF without a whole palette";
  }
  if (samples === wanted.samples && extra.length === 0 || hasAlpha(kind)) return undefined;
  return `a TIFF of ${samples} samples a pixel, ${extra.length} of them extra ones`;
}

/** Returns whether a pixel has one sample more, which Pillow takes for alpha, or for nothing at all. */
function hasAlpha({ photometric, bits, samples, extra }: TiffKind): boolean {
  if (bits < 8 || extra.length > 1) return false;
  if (photometric === PHOTOMETRIC.BLACK_IS_0) return bits === 8 && samples === 2 && extra[0] === 2;
  return photometric === PHOTOMETRIC.RGB && samples === 4 && [undefined, 0, 2].includes(extra[0]);
}
