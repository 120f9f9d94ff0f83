import { dataViewOf } from "../../headers/binary.ts";
import { rgbaOfCmyk } from "../cmyk.ts";
import { PHOTOMETRIC, type TiffKind } from "./tiff_kind.ts";

/** Tells if a TIFF's samples are RGB bytes already, and no more. */
export function areRgb({ photometric, bits, samples }: TiffKind): boolean {
  return photometric === PHOTOMETRIC.RGB && bits === 8 && samples === 3;
}

/** Converts a TIFF's samples, packed in lines of whole bytes, to RGBA as Pillow's `convert("RGB")` does. */
export function rgbaOfSamples(packed: Uint8Array, kind: TiffKind): Uint8Array {
  const { photometric, bits, samples, extra } = kind;
  if (photometric === PHOTOMETRIC.CMYK) return rgbaOfCmyk(packed);
  if (bits === 16) return rgbaOfGrey16(packed, kind.little);
  if (samples === 1) return rgbaOfIndices(packed, kind, coloursOf(kind));
  const rgba = new Uint8Array(packed.length / samples * 4).fill(255);
  const [green, blue] = samples < 3 ? [0, 0] : [1, 2];
  const hasAlpha = samples % 2 === 0 && extra[0] !== 0;
  for (let from = 0, at = 0; from < packed.length; from += samples, at += 4) {
    rgba[at] = packed[from];
    rgba[at + 1] = packed[from + green];
    rgba[at + 2] = packed[from + blue];
    if (hasAlpha) rgba[at + 3] = packed[from + samples - 1];
  }
  return rgba;
}

/** Gives pixels of one sample their colours, `[2^bits, 3]`. */
function rgbaOfIndices(
  packed: Uint8Array,
  { width, height, bits }: TiffKind,
  colours: Uint8Array,
): Uint8Array {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  const lineBytes = Math.ceil(width * bits / 8), mask = (1 << bits) - 1;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const bit = x * bits, byte = packed[y * lineBytes + (bit >> 3)];
      const colour = 3 * (byte >> (8 - bits - (bit & 7)) & mask);
      rgba[at] = colours[colour];
      rgba[at + 1] = colours[colour + 1];
      rgba[at + 2] = colours[colour + 2];
    }
  }
  return rgba;
}

/** Returns the colours of a sample's values, `[2^bits, 3]`: a palette's, or greys from black to white. */
function coloursOf({ photometric, bits, palette }: TiffKind): Uint8Array {
  const count = 1 << bits;
  return Uint8Array.from({ length: 3 * count }, (_, at) => {
    const value = Math.floor(at / 3);
    if (photometric === PHOTOMETRIC.PALETTE) return palette[at % 3 * count + value] >> 8;
    const grey = value * 255 / (count - 1);
    return photometric === PHOTOMETRIC.WHITE_IS_0 ? 255 - grey : grey;
  });
}

/** Converts 16-bit grey, which Pillow clips to 255 and does not scale. */
function rgbaOfGrey16(packed: Uint8Array, little: boolean): Uint8Array {
  const view = dataViewOf(packed), rgba = new Uint8Array(packed.length * 2).fill(255);
  for (let at = 0; at < packed.length; at += 2) {
    rgba[2 * at] = rgba[2 * at + 1] = rgba[2 * at + 2] = Math.min(view.getUint16(at, little), 255);
  }
  return rgba;
}
