import png from "imagescript/png/node.js";
import { VitrailError } from "../errors.ts";

const LEVEL = 6;

/**
 * Encodes RGBA bytes `[height, width, 4]` as a PNG.
 *
 * @throws {VitrailError} `shape`, where the bytes do not fit the size.
 */
// deno-lint-ignore require-await -- an encoder off the main thread may take its place
export async function encodePng(width: number, height: number, rgba: Uint8Array): Promise<Uint8Array> {
  if (rgba.length !== width * height * 4) {
    throw new VitrailError(
      "shape",
      `a PNG of ${width}x${height} needs ${width * height * 4} bytes of RGBA and was given ${rgba.length}`,
    );
  }
  return png.encode(rgba, { width, height, channels: 4, level: LEVEL });
}
