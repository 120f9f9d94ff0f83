import { joinedBytes } from "../../../../src/codecs/headers/binary.ts";
import { type Draw, oneOf } from "../draws.ts";
import { numbers, rarely } from "./built_pictures.ts";

const segment = (marker: number, data: readonly number[]) =>
  Uint8Array.of(0xff, marker, ...numbers(2, [data.length + 2], true), ...data);

/** Codes of differences: twelve of four bits, one for each number of bits that follow. */
const DC = [0, 0, 0, 12, ...new Array(12).fill(0), ...new Array(12).keys()];

/** The one code of what follows in a block: nothing. */
const AC = [1, ...new Array(15).fill(0), 0];

/** Returns a stretch of blocks of one grey each, by the differences of their means, up to a whole byte. */
function stretch(differences: readonly number[]): Uint8Array {
  const bits = differences.flatMap((difference) => {
    const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
    const value = difference < 0 ? difference + (1 << size) - 1 : difference;
    return [
      ...size.toString(2).padStart(4, "0"),
      ...size > 0 ? value.toString(2).padStart(size, "0") : "",
      "0",
    ];
  });
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    const byte = parseInt(bits.slice(at, at + 8).join("").padEnd(8, "1"), 2);
    bytes.push(byte, ...byte === 0xff ? [0] : []);
  }
  return Uint8Array.from(bytes);
}

/**
 * Returns a JPEG of grey blocks that begins anew after every few of them. Markers of that may be missing,
 * doubled or of another number, and the announced interval another one.
 */
export function restartsJpeg(draw: Draw): Uint8Array {
  const across = 1 + draw(7), down = 1 + draw(7), interval = 1 + draw(8), isGrave = rarely(draw, 2);
  const parts: Uint8Array[] = [
    Uint8Array.of(0xff, 0xd8),
    segment(0xdb, [0, ...new Array(64).fill(8)]),
    segment(0xc0, [8, ...numbers(2, [down * 8 - draw(8), across * 8 - draw(8)], true), 1, 1, 0x11, 0]),
    segment(0xc4, [0, ...DC]),
    segment(0xc4, [0x10, ...AC]),
    segment(0xdd, [0, isGrave && rarely(draw, 3) ? draw(10) : interval]),
    segment(0xda, [1, 1, 0, 0, 63, 0]),
  ];
  for (let from = 0, mean = 0, count = 0; from < across * down; from += interval, mean = 0) {
    const length = Math.min(interval, across * down - from);
    if (from > 0) {
      const number = isGrave && rarely(draw, 6) ? draw(8) : count++ & 7;
      const times = isGrave && rarely(draw, 6) ? oneOf(draw, [0, 2, 3]) : 1;
      for (let left = times; left > 0; left--) parts.push(Uint8Array.of(0xff, 0xd0 + number));
    }
    parts.push(stretch(Array.from({ length }, () => {
      const next = draw(200) - 100, difference = next - mean;
      mean = next;
      return difference;
    })));
  }
  return joinedBytes([...parts, Uint8Array.of(0xff, 0xd9)]);
}
