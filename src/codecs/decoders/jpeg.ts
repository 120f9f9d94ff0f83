import decodeJpeg, { init } from "@jsquash/jpeg/decode.js";
import { VitrailError } from "../../errors.ts";
import type { Decoder } from "./decoder.ts";
import { frameOf } from "../headers/jpeg_segments.ts";
import { readMissing } from "../permission.ts";
import { truncationOf } from "../headers/truncation.ts";
import { compiledOnce } from "./wasm_file.ts";

const wasmUrl = import.meta.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
const compiled = compiledOnce(wasmUrl);
let ready: Promise<void> | undefined;
let complaint = "";

/** JPEG by libjpeg-turbo as WebAssembly. */
export const jpegDecoder: Decoder = {
  name: "jsquash-jpeg",
  formats: ["jpeg"],
  portable: true,
  missing: () => readMissing(wasmUrl),
  cannot: (bytes) => frameOf(bytes)?.components === 4 ? "a CMYK JPEG" : undefined,
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

/** Makes a fresh instance; the library would fetch its .wasm itself, and print to stderr. */
async function start(): Promise<void> {
  const module = await compiled();
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
