import { VitrailError } from "../../errors.ts";
import { loaded } from "../../runtime/loaded.ts";
import { vp8OutOfRange } from "../damage/vp8/vp8_range.ts";
import { webpChunks } from "../headers/file_chunks.ts";
import { firstWebpFrame } from "../headers/webp_frame.ts";
import type { Decoder, Rgba } from "./decoder.ts";
import { WasmFile } from "./wasm_file.ts";

const WEBP_WASM = new WasmFile(import.meta.resolve("npm:@jsquash/webp@1.5.0/codec/dec/webp_dec.wasm"));

/** The library, which is imported for the first picture: a page may never have one. */
const library = () => import("npm:@jsquash/webp@1.5.0/decode.js");

/**
 * Resolves to the library's function once it has an instance; undefined before the first picture, and where
 * that failed.
 */
let ready: Promise<DecodeWebp> | undefined;

type DecodeWebp = Awaited<ReturnType<typeof library>>["default"];

/** Decodes WebP by libwebp as WebAssembly: lossy and lossless ones, and the first frame of an animation. */
export const webpDecoder: Decoder = {
  name: "jsquash-webp",
  formats: ["webp"],
  portable: true,
  missing: () => WEBP_WASM.missing(),
  cannot: () => undefined,
  async decode(bytes, _format, { damaged }) {
    const decodeWebp = await (ready ??= start());
    const frame = firstWebpFrame(bytes);
    if (frame === undefined) throw new VitrailError("decode", "its WebP data has no pixels");
    const drawn = await decodeStill(decodeWebp, frame.still);
    if (damaged === "refuse") requireInRange(frame.still);
    if (frame.place === undefined) return drawn;
    const { left, top, screen: { width, height } } = frame.place;
    if (drawn.width + left > width || drawn.height + top > height) {
      throw new VitrailError("decode", `its first frame reaches beyond its ${width}x${height} pixels`);
    }
    // The screen begins transparent and black. Source: libwebp `src/demux/anim_decode.c`.
    const picture = { width, height, data: new Uint8Array(width * height * 4) };
    for (let y = 0; y < drawn.height; y++) {
      const line = drawn.data.subarray(y * drawn.width * 4, (y + 1) * drawn.width * 4);
      picture.data.set(line, ((top + y) * width + left) * 4);
    }
    return picture;
  },
};

/** Gives the library an instance. Where that fails, the next picture tries again. */
async function start(): Promise<DecodeWebp> {
  try {
    return await loaded("the WebP decoder", async () => {
      const { default: decodeWebp, init } = await library();
      await init(await WEBP_WASM.emscriptenOption());
      return decodeWebp;
    });
  } catch (error) {
    ready = undefined;
    throw error;
  }
}

/** @throws {VitrailError} `decode` for a lossy picture that libwebp draws otherwise on each processor. */
function requireInRange(still: Uint8Array): void {
  const lossy = [...webpChunks(still)].find(({ type }) => type === "VP8 ");
  const found = lossy && vp8OutOfRange(still.subarray(lossy.start, lossy.end));
  if (found !== undefined) throw new VitrailError("decode", found);
}

/** Decodes a WebP of one picture. */
async function decodeStill(decodeWebp: DecodeWebp, bytes: Uint8Array): Promise<Rgba> {
  const { width, height, data } = await decodeWebp(bytes as unknown as ArrayBuffer).catch((cause) => {
    throw new VitrailError("decode", "its WebP data is damaged", { cause });
  });
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}
