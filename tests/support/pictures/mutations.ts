/** Damaged copies of pictures, each decided by its seed alone. */

import { crc32 } from "../../../src/codecs/headers/crc32.ts";
import { pngChunks } from "../../../src/codecs/headers/file_chunks.ts";
import { type Draw, draws } from "../fuzz/draws.ts";

/** One kind of damage; it returns other bytes, or those it was given, changed. */
type Damage = (bytes: Uint8Array, draw: Draw) => Uint8Array;

/** Places at which headers and tables stand are hit as often as all others. */
function placeIn(bytes: Uint8Array, draw: Draw): number {
  return draw(2) === 0 ? draw(Math.min(bytes.length, 700)) : draw(bytes.length);
}

const DAMAGES: Damage[] = [
  function flipBit(bytes, draw) {
    bytes[placeIn(bytes, draw)] ^= 1 << draw(8);
    return bytes;
  },
  function setByte(bytes, draw) {
    bytes[placeIn(bytes, draw)] = [0, 1, 0x7f, 0x80, 0xff, draw(256)][draw(6)];
    return bytes;
  },
  function zeroes(bytes, draw) {
    const start = placeIn(bytes, draw);
    return bytes.fill(0, start, start + 1 + draw(40));
  },
  function noise(bytes, draw) {
    const start = placeIn(bytes, draw), end = Math.min(start + 1 + draw(20), bytes.length);
    for (let at = start; at < end; at++) bytes[at] = draw(256);
    return bytes;
  },
  function removed(bytes, draw) {
    const start = placeIn(bytes, draw), end = start + 1 + draw(60);
    return Uint8Array.of(...bytes.subarray(0, start), ...bytes.subarray(end));
  },
  function doubled(bytes, draw) {
    const start = placeIn(bytes, draw), end = start + 1 + draw(60);
    return Uint8Array.of(...bytes.subarray(0, end), ...bytes.subarray(start));
  },
  function cutBeforeEnd(bytes, draw) {
    const start = draw(bytes.length), end = bytes.length - draw(14);
    return Uint8Array.of(...bytes.subarray(0, start), ...bytes.subarray(Math.max(start, end)));
  },
  function cut(bytes, draw) {
    return bytes.subarray(0, draw(bytes.length));
  },
];

/** Returns a copy of a picture with one to three damages; a PNG's checksums are mostly put right again. */
export function damagedCopy(bytes: Uint8Array, seed: number): Uint8Array {
  const draw = draws(seed);
  let copy = bytes.slice();
  for (let left = [1, 1, 1, 2, 3][draw(5)]; left > 0 && copy.length > 0; left--) {
    copy = DAMAGES[draw(DAMAGES.length)](copy, draw).slice();
  }
  if (draw(4) > 0) repairChecksums(copy);
  return copy;
}

function repairChecksums(bytes: Uint8Array): void {
  if (bytes[0] !== 0x89) return;
  const view = new DataView(bytes.buffer);
  for (const { start, end } of pngChunks(bytes)) {
    if (end + 4 <= bytes.length) view.setUint32(end, crc32(bytes.subarray(start - 4, end)));
  }
}
