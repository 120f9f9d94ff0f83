import { VitrailError } from "../../errors.ts";
import { PNG_COLOUR, pngKind } from "../headers/png_kind.ts";
import type { Decoder } from "./decoder.ts";
import { type ImagescriptExports, PNG_WASM, startImagescript } from "./imagescript_wasm.ts";
import { plainPng } from "./plain_png.ts";

/** The exports of imagescript's png.wasm that this file calls. */
interface PngExports extends ImagescriptExports {
  /** Returns a pointer to RGBA bytes, or a negative status. */
  decode(bytes: number, length: number): number;
  width(): number;
  height(): number;
}

/** Decodes PNG by imagescript's WebAssembly. */
export const pngDecoder: Decoder = {
  name: "imagescript-png",
  formats: ["png"],
  portable: true,
  missing: () => PNG_WASM.missing(),
  cannot(bytes) {
    const { colour, depth, key } = pngKind(bytes);
    if (key) return "a grey PNG with a transparent value (tRNS)";
    return colour === PNG_COLOUR.GREY && depth === 16 ? "a 16-bit grey PNG" : undefined;
  },
  async decode(given) {
    const bytes = plainPng(given);
    const { wasm, input } = await startImagescript<PngExports>(PNG_WASM, bytes);
    const pixels = wasm.decode(input, bytes.length);
    if (pixels < 0) {
      throw new VitrailError("decode", `its PNG data is damaged (imagescript status ${pixels})`);
    }
    const width = wasm.width(), height = wasm.height();
    return { width, height, data: new Uint8Array(wasm.memory.buffer, pixels, width * height * 4).slice() };
  },
};
