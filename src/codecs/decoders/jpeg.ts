import decodeJpeg, { init } from "npm:@jsquash/jpeg@1.6.0/decode.js";
import { VitrailError } from "../../errors.ts";
import { type JpegFrame, jpegFrame } from "../headers/jpeg_segments.ts";
import { truncationOf } from "../headers/truncation.ts";
import type { Decoder } from "./decoder.ts";
import { WasmFile } from "./wasm_file.ts";

const JPEG_WASM = new WasmFile(import.meta.resolve("npm:@jsquash/jpeg@1.6.0/codec/dec/mozjpeg_dec.wasm"));

/** Settles once the library has an instance; undefined before the first picture and after a damaged one. */
let ready: Promise<void> | undefined;

/** The last line that libjpeg would have printed of a picture. */
let complaint = "";

/** Decodes JPEG by libjpeg-turbo as WebAssembly. */
export const jpegDecoder: Decoder = {
  name: "jsquash-jpeg",
  formats: ["jpeg"],
  portable: true,
  missing: () => JPEG_WASM.missing(),
  cannot(bytes) {
    const frame = jpegFrame(bytes);
    if (frame?.components === 4) return "a CMYK JPEG";
    return frame !== undefined && isTall(frame) ? "a JPEG of half the lines in colour (4:4:0)" : undefined;
  },
  async decode(bytes) {
    // libjpeg would fill a missing rest with grey, and say so only on stderr.
    const short = truncationOf(bytes, "jpeg");
    if (short !== undefined) throw new VitrailError("decode", short);
    await (ready ??= start());
    complaint = "";
    try {
      const { width, height, data } = await decodeJpeg(bytes as unknown as ArrayBuffer);
      return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
    } catch (error) {
      ready = undefined; // libjpeg's exit() leaves the instance unusable
      throw new VitrailError("decode", complaint || "its JPEG data is damaged", { cause: error });
    }
  },
};

/**
 * Returns whether a colour has half the lines, and all columns. Its lines are then repeated here, and
 * smoothed in Pillow. Source: libjpeg-turbo `jdsample.c`, `h1v2_fancy_upsample`, which mozjpeg has not.
 */
function isTall({ sampling }: JpegFrame): boolean {
  const across = Math.max(...sampling.map((each) => each.across));
  const down = Math.max(...sampling.map((each) => each.down));
  return sampling.some((each) => each.across === across && each.down * 2 === down);
}

/** Gives the library a fresh instance; by itself it would print to stderr. */
async function start(): Promise<void> {
  await init({ printErr, ...await JPEG_WASM.emscriptenOption() });
}

/** Keeps what libjpeg would print; its warnings are no errors, here as in Pillow. */
function printErr(text: string): void {
  complaint = `libjpeg says: ${text}`;
}
