/// <reference lib="deno.worker" />
/** The Worker of `sleeping_decoder.ts`. */

/** Pixels that are asked for. */
export interface PixelsRequest {
  id: number;
  /** The time to sleep before. */
  ms: number;
  width: number;
  height: number;
  channels: 3 | 4;
}

/** The pixels that were asked for by a request of this `id`. */
export interface PixelsAnswer {
  id: number;
  width: number;
  height: number;
  data: Uint8Array<ArrayBuffer>;
}

const GREY = 128;

self.onmessage = async ({ data: { id, ms, width, height, channels } }: MessageEvent<PixelsRequest>) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  const data = new Uint8Array(width * height * channels).fill(GREY);
  self.postMessage({ id, width, height, data } satisfies PixelsAnswer, [data.buffer]);
};
