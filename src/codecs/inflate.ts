import { Inflate, Z_SYNC_FLUSH } from "npm:pako@3.0.3";

/** Bytes of deflated data that are inflated at once. */
const PIECE = 1024;

/** The end of a zlib stream: its own, that of its bytes, damage, or that enough was taken. */
export type InflateEnd = "whole" | "cut" | "damaged" | "enough";

/**
 * Inflates a zlib stream, piece by piece. Bytes behind the stream are not looked at, as in zlib; platforms'
 * own streams refuse them, and not all see that a checksum is cut.
 *
 * @param take is given each piece, and returns whether it wants more
 */
export function inflateZlib(packed: Uint8Array, take: (bytes: Uint8Array) => boolean): InflateEnd {
  const inflate = new Inflate({ windowBits: 15, chunkSize: 16 * PIECE }); // without 15, gzip would do
  let isHungry = true;
  inflate.onData = (bytes) => isHungry &&= take(bytes);
  for (let at = 0; at < packed.length && !inflate.ended && isHungry; at += PIECE) {
    inflate.push(packed.subarray(at, at + PIECE), Z_SYNC_FLUSH);
  }
  if (!isHungry) return "enough";
  if (!inflate.ended) return "cut";
  return inflate.err === 0 ? "whole" : "damaged";
}
