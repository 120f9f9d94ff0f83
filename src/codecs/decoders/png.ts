import { VitrailError } from "../../errors.ts";
import { pngChunks } from "../headers/file_chunks.ts";
import type { Decoder } from "./decoder.ts";
import { type ImagescriptExports, PNG_WASM, startImagescript } from "./imagescript_wasm.ts";

/** The exports of imagescript's png.wasm that this file calls. */
interface PngExports extends ImagescriptExports {
  /** Returns a pointer to RGBA bytes, or a negative status. */
  decode(bytes: number, length: number): number;
  width(): number;
  height(): number;
}

const GREY = 0;
const RGB = 2;

/** Decodes PNG by imagescript's WebAssembly. */
export const pngDecoder: Decoder = {
  name: "imagescript-png",
  formats: ["png"],
  portable: true,
  missing: () => PNG_WASM.missing(),
  cannot(bytes) {
    const { colour, depth, key } = pngKind(bytes);
    if (key) return "a PNG with one transparent colour (tRNS)";
    return colour === GREY && depth === 16 ? "a 16-bit grey PNG" : undefined;
  },
  async decode(bytes) {
    const { wasm, input } = await startImagescript<PngExports>(PNG_WASM, bytes);
    const pixels = wasm.decode(input, bytes.length);
    if (pixels < 0) {
      throw new VitrailError("decode", `its PNG data is damaged (imagescript status ${pixels})`);
    }
    const width = wasm.width(), height = wasm.height();
    return { width, height, data: new Uint8Array(wasm.memory.buffer, pixels, width * height * 4).slice() };
  },
};

/**
 * Reads a PNG's colour type, its bit depth, and whether one grey or RGB colour stands for transparent.
 *
 * Source: PNG specification, 11.2.1 and 11.3.1.
 */
export function pngKind(bytes: Uint8Array): { colour: number; depth: number; key: boolean } {
  const [depth, colour] = [bytes[24], bytes[25]];
  const plain = colour === GREY || colour === RGB;
  let key = false;
  for (const { type } of pngChunks(bytes)) {
    if (type === "IDAT") break;
    key ||= plain && type === "tRNS";
  }
  return { colour, depth, key };
}
