import decodeJpeg, { init } from "npm:@jsquash/jpeg@1.6.0/decode.js";
import { VitrailError } from "../../errors.ts";
import { jpegFrame } from "../headers/jpeg_segments.ts";
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
  cannot: (bytes) => jpegFrame(bytes)?.components === 4 ? "a CMYK JPEG" : undefined,
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

/** Gives the library a fresh instance; by itself it would fetch its .wasm file, and print to stderr. */
async function start(): Promise<void> {
  const module = await JPEG_WASM.module();
  await init({
    printErr,
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  });
}

/** Keeps what libjpeg would print; its warnings are no errors, here as in Pillow. */
function printErr(text: string): void {
  complaint = `libjpeg says: ${text}`;
}
