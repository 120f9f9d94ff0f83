import * as imagescript from "npm:imagescript@1.3.1/png/node.js";
import { VitrailError } from "../errors.ts";

/** The encoder: a CommonJS module is a default export by itself, and none once it is bundled. */
const png = imagescript.default ?? imagescript;

/** The effort of zlib, 0 to 9. */
const LEVEL = 6;

/**
 * Encodes RGBA bytes `[height, width, 4]` as a PNG.
 *
 * @throws {VitrailError} `shape`, where the bytes do not fit the size.
 */
export function encodePng(width: number, height: number, rgba: Uint8Array): Promise<Uint8Array> {
  return Promise.try(() => {
    const needed = width * height * 4;
    if (rgba.length === needed) return png.encode(rgba, { width, height, channels: 4, level: LEVEL });
    throw new VitrailError(
      "shape",
      `a PNG of ${width}x${height} needs ${needed} bytes of RGBA and was given ${rgba.length}`,
    );
  });
}
