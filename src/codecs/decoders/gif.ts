import { VitrailError } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import { dataViewOf } from "../headers/file_chunks.ts";
import type { Decoder, Rgba } from "./decoder.ts";
import { firstGifFrame, showBackdrop } from "../headers/gif_frame.ts";
import { imagescriptWasm } from "./imagescript_wasm.ts";
import { readMissing } from "../permission.ts";
import { compiledOnce } from "./wasm_file.ts";

/** What imagescript's gif.wasm exports and this file calls; pointers are byte offsets into its memory. */
interface GifWasm {
  memory: WebAssembly.Memory;
  walloc(size: number): number;
  wlen(): number;
  decoder_new(bytes: number, length: number, limit: number): number;
  decoder_frame(decoder: number): number;
  decoder_frame_width(frame: number): number;
  decoder_frame_height(frame: number): number;
  decoder_frame_buffer(frame: number): number;
}

const wasmUrl = imagescriptWasm("gif");
const compiled = compiledOnce(wasmUrl);

/** GIF's first frame by imagescript's decoder. */
export const gifDecoder: Decoder = {
  name: "imagescript-gif",
  formats: ["gif"],
  portable: true,
  missing: () => readMissing(wasmUrl),
  cannot(bytes) {
    const frame = firstGifFrame(bytes);
    if (frame === undefined) return "a GIF without a whole first frame and palette";
    const { width, height } = screenOf(bytes);
    if (frame.right > width || frame.bottom > height) {
      return `a GIF of ${width}x${height} whose first frame reaches ${frame.right}x${frame.bottom}`;
    }
    return undefined;
  },
  async decode(bytes) {
    const wasm = new WebAssembly.Instance(await compiled(), { env: { push_to_stream() {} } })
      .exports as unknown as GifWasm;
    const drawn = firstFrame(wasm, bytes);
    const frame = firstGifFrame(bytes)!;
    const screen = screenOf(bytes);
    const picture = { ...screen, data: new Uint8Array(screen.width * screen.height * 4) };
    for (let y = 0; y < drawn.height; y++) {
      const row = drawn.data.subarray(y * drawn.width * 4, (y + 1) * drawn.width * 4);
      picture.data.set(row, ((frame.top + y) * screen.width + frame.left) * 4);
    }
    showBackdrop(picture, frame);
    return picture;
  },
};

/** The size of a GIF's screen, which its frames lie on. */
function screenOf(bytes: Uint8Array): Size {
  const view = dataViewOf(bytes);
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function firstFrame(wasm: GifWasm, bytes: Uint8Array): Rgba {
  const input = wasm.walloc(bytes.length);
  new Uint8Array(wasm.memory.buffer, input, bytes.length).set(bytes);
  const decoder = wasm.decoder_new(input, bytes.length, 0);
  const frame = decoder === 0 ? 0 : wasm.decoder_frame(decoder);
  if (frame <= 1) throw new VitrailError("decode", "its GIF data is damaged or cut short");
  const width = wasm.decoder_frame_width(frame);
  const height = wasm.decoder_frame_height(frame);
  const start = wasm.decoder_frame_buffer(frame);
  return { width, height, data: new Uint8Array(wasm.memory.buffer, start, wasm.wlen()) };
}
