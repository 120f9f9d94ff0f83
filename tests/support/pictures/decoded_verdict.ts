import { decode } from "../../../src/codecs/decode.ts";
import type { DecoderChoice } from "../../../src/codecs/decoders/decoders.ts";
import { VitrailError } from "../../../src/errors.ts";

/** Pixels above which damaged copies are not decoded, here and in Pillow. */
export const MOST_PIXELS = 4_000_000;

/** Vitrail's outcome of a picture, in the words of `pillowVerdicts`; an error says why. */
export async function decodedVerdict(
  bytes: Uint8Array,
  decoders: DecoderChoice,
  alpha: "drop" | "white" = "drop",
): Promise<string> {
  try {
    const { width, height, data, orientation } = await decode(bytes, {
      name: "it",
      decoders,
      maxPixels: MOST_PIXELS,
      alpha,
    });
    const rgb = data.length === width * height * 3 ? data : rgbOf(data);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", rgb as Uint8Array<ArrayBuffer>));
    const turned = orientation === 1 ? "" : ` turned ${orientation}`;
    return `${width}x${height} ${digest.subarray(0, 8).toHex()}${turned}`;
  } catch (error) {
    if (error instanceof VitrailError) return `error ${error.message}`;
    throw error;
  }
}

/** Returns RGBA without its alpha. */
function rgbOf(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from];
    rgb[to++] = rgba[from + 1];
    rgb[to++] = rgba[from + 2];
  }
  return rgb;
}

/**
 * Returns whether an outcome may stand beside Pillow's: the same, or an error where Pillow has pixels, or
 * where it could turn them.
 */
export function isAllowed(ours: string, pillows: string): boolean {
  if (ours.startsWith("error ") || ours === pillows || pillows === "large") return true;
  return ours.endsWith(" turned 0") && ours.split(" turned")[0] === pillows.split(" turned")[0];
}
