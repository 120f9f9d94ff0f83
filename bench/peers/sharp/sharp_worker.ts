/// <reference lib="deno.worker" />
/** The Worker of `sharp_workers.ts`: it makes the rows of each picture that it is sent. */
import { tiles } from "./sharp_tiles.ts";

/** A picture to be made, and an array that may be filled again. */
export interface RowsRequest {
  index: number;
  bytes: Uint8Array;
  used?: Float32Array<ArrayBuffer>;
}

/** The rows of the picture that was asked for by this `index`. */
export interface RowsAnswer {
  index: number;
  rows: Float32Array<ArrayBuffer>;
}

self.onmessage = async ({ data: { index, bytes, used } }: MessageEvent<RowsRequest>) => {
  const rows = await tiles(bytes, used);
  self.postMessage({ index, rows } satisfies RowsAnswer, [rows.buffer]);
};
