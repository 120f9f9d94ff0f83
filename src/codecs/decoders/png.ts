import { VitrailError } from "../../errors.ts";
import { pngChunks } from "../headers/file_chunks.ts";
import type { Decoder } from "./decoder.ts";
import { imagescriptWasm } from "./imagescript_wasm.ts";
import { readMissing } from "../permission.ts";
import { compiledOnce } from "./wasm_file.ts";

/** What imagescript's png.wasm exports and this file calls; pointers are byte offsets into its memory. */
interface PngWasm {
  memory: WebAssembly.Memory;
  walloc(size: number): number;
  /** A pointer to RGBA bytes, or a negative status. */
  decode(bytes: number, length: number): number;
  width(): number;
  height(): number;
}

const GREY = 0;
const RGB = 2;

const wasmUrl = imagescriptWasm("png");
const compiled = compiledOnce(wasmUrl);

/** PNG by imagescript's decoder. */
export const pngDecoder: Decoder = {
  name: "imagescript-png",
  formats: ["png"],
  portable: true,
  missing: () => readMissing(wasmUrl),
  cannot(bytes) {
    const { colour, depth, key } = pngKind(bytes);
    if (key) return "a PNG with one transparent colour (tRNS)";
    return colour === GREY && depth === 16 ? "a 16-bit grey PNG" : undefined;
  },
  async decode(bytes) {
    // A fresh instance a picture: its memory only grows, and a trap leaves it unusable.
    const env = { emscripten_notify_memory_growth() {} };
    const wasm = new WebAssembly.Instance(await compiled(), { env }).exports as unknown as PngWasm;
    const input = wasm.walloc(bytes.length);
    new Uint8Array(wasm.memory.buffer, input, bytes.length).set(bytes);
    const pixels = wasm.decode(input, bytes.length);
    if (pixels < 0) {
      throw new VitrailError("decode", `its PNG data is damaged (imagescript status ${pixels})`);
    }
    const [width, height] = [wasm.width(), wasm.height()];
    return { width, height, data: new Uint8Array(wasm.memory.buffer, pixels, width * height * 4).slice() };
  },
};

/** Colour type, bits a sample, and whether one grey or RGB colour stands for transparent. (PNG, 11.2.1, 11.3.1) */
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
