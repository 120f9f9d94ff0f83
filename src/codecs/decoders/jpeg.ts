import { VitrailError } from "../../errors.ts";
import { loaded } from "../../runtime/loaded.ts";
import { outOfRange } from "../damage/jpeg_range.ts";
import { type JpegFrame, jpegFrame } from "../headers/jpeg_segments.ts";
import type { DamageTreatment, Decoder, Rgba } from "./decoder.ts";
import { tidyJpeg } from "./tidy_jpeg.ts";
import { WasmFile } from "./wasm_file.ts";

const JPEG_WASM = new WasmFile(import.meta.resolve("npm:@jsquash/jpeg@1.6.0/codec/dec/mozjpeg_dec.wasm"));

/** The library, which is imported for the first picture: a page may never have one. */
const library = () => import("npm:@jsquash/jpeg@1.6.0/decode.js");

/**
 * Resolves to the library's function once it has an instance; undefined before the first picture, after a
 * damaged one, and where that failed.
 */
let ready: Promise<DecodeJpeg> | undefined;

type DecodeJpeg = Awaited<ReturnType<typeof library>>["default"];

/** The first line that libjpeg would have printed of the picture that has its turn. */
let complaint = "";

/** Settles once the library is free: its warnings do not say which picture they are about. */
let turn: Promise<unknown> = Promise.resolve();

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
  decode(bytes, _format, { damaged }) {
    const decoded = turn.then(() => decodeAlone(bytes, damaged));
    turn = decoded.catch(() => undefined);
    return decoded;
  },
};

/** Decodes a picture while no other is decoded. */
async function decodeAlone(bytes: Uint8Array, damaged: DamageTreatment): Promise<Rgba> {
  const decodeJpeg = await (ready ??= start());
  complaint = "";
  try {
    const { width, height, data } = await decodeJpeg(tidyJpeg(bytes) as unknown as ArrayBuffer);
    if (damaged === "refuse") requireSound(bytes);
    return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch (error) {
    if (error instanceof VitrailError) throw error;
    ready = undefined; // libjpeg's exit() leaves the instance unusable
    throw new VitrailError("decode", complaint || "its JPEG data is damaged", { cause: error });
  }
}

/**
 * Returns whether a colour has half the lines, and all columns. Its lines are then repeated here, and
 * smoothed in Pillow. Source: libjpeg-turbo `jdsample.c`, `h1v2_fancy_upsample`, which mozjpeg has not.
 */
function isTall({ sampling }: JpegFrame): boolean {
  const across = Math.max(...sampling.map((each) => each.across));
  const down = Math.max(...sampling.map((each) => each.down));
  return sampling.some((each) => each.across === across && each.down * 2 === down);
}

/**
 * Gives the library a fresh instance; by itself it would print to stderr. Where that fails, the next picture
 * tries again.
 */
async function start(): Promise<DecodeJpeg> {
  try {
    return await loaded("the JPEG decoder", async () => {
      const { default: decodeJpeg, init } = await library();
      await init({ printErr, ...await JPEG_WASM.emscriptenOption() });
      return decodeJpeg;
    });
  } catch (error) {
    ready = undefined;
    throw error;
  }
}

/** Keeps the first line that libjpeg would print, which is its first warning, or its error. */
function printErr(text: string): void {
  complaint ||= `libjpeg says: ${text}`;
}

/**
 * Refuses a picture of which libjpeg said that its data is damaged. Pillow's has vectors, whose sums end
 * otherwise where a damaged coefficient is too large. Bytes before the end marker have touched no pixel.
 */
function requireSound(bytes: Uint8Array): void {
  if (complaint !== "" && !/extraneous bytes before marker 0xd9/.test(complaint)) {
    throw new VitrailError("decode", `its JPEG data is damaged (${complaint})`);
  }
  const found = outOfRange(bytes);
  if (found !== undefined) throw new VitrailError("decode", found);
}
