import { sharpDecoder } from "../../src/codecs/decoders/sharp.ts";
import type { DecodedPixels } from "../../src/codecs/decoders/decoder.ts";
import { readHeader } from "../../src/codecs/headers/header.ts";
import type { PixelsAnswer, PixelsRequest } from "./sleeping_worker.ts";

/** The time that a core takes to decode 1920x1080 pixels, ms. */
export const DECODE = 24;

/**
 * Puts a decoder in sharp's place that sleeps, as if a core of its own decoded, and then gives grey pixels of
 * the size that the header announces. They come from a Worker and are fresh memory each time, which another
 * thread has written, as a decoder's are.
 * @returns a function that puts sharp in its place again
 */
export function sleepInsteadOfDecoding(ms: number): () => void {
  const { decode } = sharpDecoder;
  const worker = new Worker(new URL("./sleeping_worker.ts", import.meta.url).href, { type: "module" });
  const waiting = new Map<number, (pixels: DecodedPixels) => void>();
  worker.onmessage = ({ data: { id, ...pixels } }: MessageEvent<PixelsAnswer>) => {
    waiting.get(id)!(pixels);
    waiting.delete(id);
  };
  let next = 0;
  sharpDecoder.decode = (bytes, _format, { channels }) =>
    new Promise((resolve) => {
      const id = next++, { width, height } = readHeader(bytes, "a picture of the bench");
      waiting.set(id, resolve);
      worker.postMessage({ id, ms, width, height, channels } satisfies PixelsRequest);
    });
  return () => {
    sharpDecoder.decode = decode;
    worker.terminate();
  };
}
