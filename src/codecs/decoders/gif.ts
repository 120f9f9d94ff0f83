import { VitrailError } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import { dataViewOf } from "../headers/binary.ts";
import { firstGifFrame, showBackdrop } from "../headers/gif_frame.ts";
import type { Decoder, Rgba } from "./decoder.ts";
import { GIF_WASM, type ImagescriptExports, startImagescript } from "./imagescript_wasm.ts";

/** The exports of imagescript's gif.wasm that this file calls. */
interface GifExports extends ImagescriptExports {
  /** Returns how many bytes lie at the pointer that the last call returned. */
  wlen(): number;
  decoder_new(bytes: number, length: number, limit: number): number;
  decoder_frame(decoder: number): number;
  decoder_frame_width(frame: number): number;
  decoder_frame_height(frame: number): number;
  decoder_frame_buffer(frame: number): number;
}

/** Decodes a GIF's first frame by imagescript's WebAssembly. */
export const gifDecoder: Decoder = {
  name: "imagescript-gif",
  formats: ["gif"],
  portable: true,
  missing: () => GIF_WASM.missing(),
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
    const drawn = await drawnFrame(bytes);
    const frame = firstGifFrame(bytes)!;
    const screen = screenOf(bytes);
    const picture = { ...screen, data: new Uint8Array(screen.width * screen.height * 4) };
    for (let y = 0; y < drawn.height; y++) {
      const line = drawn.data.subarray(y * drawn.width * 4, (y + 1) * drawn.width * 4);
      picture.data.set(line, ((frame.top + y) * screen.width + frame.left) * 4);
    }
    showBackdrop(picture, frame);
    return picture;
  },
};

/** Reads the size of a GIF's screen, which its frames lie on. */
function screenOf(bytes: Uint8Array): Size {
  const view = dataViewOf(bytes);
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** Decodes the pixels of a GIF's first frame, without the screen around it. */
async function drawnFrame(bytes: Uint8Array): Promise<Rgba> {
  const { wasm, input } = await startImagescript<GifExports>(GIF_WASM, bytes);
  const decoder = wasm.decoder_new(input, bytes.length, 0);
  const frame = decoder === 0 ? 0 : wasm.decoder_frame(decoder);
  if (frame <= 1) throw new VitrailError("decode", "its GIF data is damaged or cut short");
  const width = wasm.decoder_frame_width(frame);
  const height = wasm.decoder_frame_height(frame);
  const start = wasm.decoder_frame_buffer(frame);
  return { width, height, data: new Uint8Array(wasm.memory.buffer, start, wasm.wlen()) };
}
