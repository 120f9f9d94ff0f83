/** Pictures that are no fixture's any more, each decided by the numbers that are drawn. */

import { damagedCopy } from "../../pictures/mutations.ts";
import { fixtureBytes, FIXTURES } from "../../pictures/fixtures.ts";
import { type Draw, oneOf } from "../draws.ts";

/** A picture that was changed. */
export interface MutatedPicture {
  bytes: Uint8Array;
  /** The format that it had. */
  format: string;
}

/** The fixtures by format. */
const BY_FORMAT = Object.values(Object.groupBy(FIXTURES, ({ format }) => format)) as typeof FIXTURES[];

/** Numbers at which sizes, counts and offsets turn over. */
const EDGES = [0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff];

/** A way of changing a picture, whose bytes are its own to change; `other` is another one of its format. */
type Change = (bytes: Uint8Array, draw: Draw, other: Uint8Array) => Uint8Array;

const CHANGES: Change[] = [
  function damage(bytes, draw) {
    return damagedCopy(bytes, draw(2 ** 32));
  },
  function word(bytes, draw) {
    const size = oneOf(draw, [2, 4]), at = draw(Math.max(1, Math.min(bytes.length, 300) - size));
    if (at + size > bytes.length) return bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset), little = draw(2) === 0;
    const value = oneOf(draw, [...EDGES, 0xfffffffe, 0xffffffff, draw(2 ** 32)]);
    if (size === 2) view.setUint16(at, value, little);
    else view.setUint32(at, value, little);
    return bytes;
  },
  function crossed(bytes, draw, other) {
    const at = draw(Math.min(bytes.length, other.length));
    return Uint8Array.of(...bytes.subarray(0, at), ...other.subarray(at));
  },
  function transplanted(bytes, draw, other) {
    const length = 1 + draw(200), from = draw(other.length), at = draw(bytes.length);
    const part = other.subarray(from, from + length);
    return Uint8Array.of(...bytes.subarray(0, at), ...part, ...bytes.subarray(at + draw(2) * part.length));
  },
  function swapped(bytes, draw) {
    const [a, b, c] = [draw(bytes.length), draw(bytes.length), draw(bytes.length)].sort((x, y) => x - y);
    const [before, first, second, after] = [[0, a], [a, b], [b, c], [c, bytes.length]]
      .map(([from, to]) => bytes.subarray(from, to));
    return Uint8Array.of(...before, ...second, ...first, ...after);
  },
];

/** Returns a fixture with one to three changes. */
export async function mutatedPicture(draw: Draw): Promise<MutatedPicture> {
  const fixtures = oneOf(draw, BY_FORMAT), { format } = fixtures[0];
  let bytes = (await fixtureBytes(oneOf(draw, fixtures).file)).slice();
  const other = await fixtureBytes(oneOf(draw, fixtures).file);
  for (let left = 1 + draw(2) * draw(3); left > 0 && bytes.length > 0; left--) {
    const change = draw(2) === 0 ? CHANGES[0] : oneOf(draw, CHANGES);
    bytes = change(bytes, draw, other).slice();
  }
  return { bytes, format };
}
