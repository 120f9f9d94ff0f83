import { createHash } from "node:crypto";
import { type Draw, oneOf } from "./draws.ts";

/** A shard in which something is changed. */
export interface MutatedShard {
  /** The tensor or the part that is changed. */
  readonly part: string;
  /** The change, such as `sample_pictures[3]: 1 becomes 7`. */
  readonly change: string;
  readonly bytes: Uint8Array;
}

/** A tensor's place in a shard. */
interface Place {
  readonly name: string;
  readonly dtype: string;
  /** Its first byte and the byte after its last, from the file's beginning. */
  readonly from: number;
  readonly to: number;
}

/** The bytes of a whole number, by element type. */
const WIDTHS: Readonly<Record<string, 1 | 4 | 8>> = { I32: 4, I64: 8, BOOL: 1 };

/** Returns the header of a shard, and the places of its tensors. */
function headerOf(shard: Uint8Array): { json: string; places: Place[] } {
  const view = new DataView(shard.buffer, shard.byteOffset), length = Number(view.getBigUint64(0, true));
  const json = new TextDecoder().decode(shard.subarray(8, 8 + length));
  const tensors = Object.entries<{ dtype: string; data_offsets: number[] }>(JSON.parse(json));
  const places = tensors.flatMap(([name, { dtype, data_offsets: offsets }]) => {
    if (name === "__metadata__") return [];
    const [from, to] = offsets.map((offset) => 8 + length + offset);
    return [{ name, dtype, from, to }];
  });
  return { json, places };
}

/** Writes the checksum of a shard's bytes at their end, as one who means to lie does. */
export function sealed(shard: Uint8Array): Uint8Array {
  const content = shard.subarray(0, -32);
  shard.set(createHash("sha256").update(content).digest(), content.length);
  return shard;
}

/** Returns true where a shard's last bytes are the checksum of those before. */
export function isSealed(shard: Uint8Array): boolean {
  const right = createHash("sha256").update(shard.subarray(0, -32)).digest();
  return right.equals(shard.subarray(-32));
}

/**
 * Yields a shard with each whole number of each tensor of numbers changed in turn, to a value that `change`
 * gives; rows of pixels and texts stay.
 */
export function* changedNumbers(
  shard: Uint8Array,
  change: (value: number) => number,
): Generator<MutatedShard, void, void> {
  for (const place of headerOf(shard).places) {
    const width = WIDTHS[place.dtype];
    for (let at = place.from; width !== undefined && at < place.to; at += width) {
      yield withNumber(shard, place, at, change);
    }
  }
}

/** Returns a sealed shard with another number in one place of a tensor. */
export function withNumberAt(shard: Uint8Array, name: string, index: number, value: number): Uint8Array {
  const place = headerOf(shard).places.find((own) => own.name === name)!;
  const at = place.from + index * WIDTHS[place.dtype];
  return sealed(withNumber(shard, place, at, () => value).bytes);
}

function withNumber(
  shard: Uint8Array,
  { name, dtype, from }: Place,
  at: number,
  change: (value: number) => number,
): MutatedShard {
  const bytes = shard.slice(), view = new DataView(bytes.buffer), width = WIDTHS[dtype];
  const value = width === 8
    ? Number(view.getBigInt64(at, true))
    : width === 4
    ? view.getInt32(at, true)
    : bytes[at];
  const next = change(value);
  if (width === 8) view.setBigInt64(at, BigInt(next), true);
  else if (width === 4) view.setInt32(at, next, true);
  else bytes[at] = next;
  return { part: name, change: `${name}[${(at - from) / width}]: ${value} becomes ${next}`, bytes };
}

/** Returns a number that the number, its sign or its width suggests. */
function changedNumber(value: number, draw: Draw): number {
  return oneOf(draw, [value + 1, value - 1, -1, 0, 2 ** 31 - 1, -(2 ** 31), value * 2 + 1, draw(2 ** 20)]);
}

/**
 * Returns a mutated copy of a shard: a number, a byte of the header or of the data changed, or the end cut
 * off; every second one is sealed again.
 */
export function mutatedShard(shard: Uint8Array, draw: Draw): MutatedShard {
  const mutated = mutatedOnce(shard, draw);
  return draw(2) === 0 ? mutated : { ...mutated, bytes: sealed(mutated.bytes) };
}

function mutatedOnce(shard: Uint8Array, draw: Draw): MutatedShard {
  const { json, places } = headerOf(shard), kind = draw(10);
  if (kind < 6) {
    const place = oneOf(draw, places.filter(({ dtype, from, to }) => WIDTHS[dtype] && to > from));
    const width = WIDTHS[place.dtype], at = place.from + draw((place.to - place.from) / width) * width;
    return withNumber(shard, place, at, (value) => changedNumber(value, draw));
  }
  if (kind === 6) {
    const length = Math.max(32, draw(shard.length));
    return { part: "end", change: `cut to ${length} bytes`, bytes: shard.slice(0, length) };
  }
  const bytes = shard.slice(), at = kind === 7 ? draw(shard.length) : 8 + draw(json.length);
  bytes[at] = kind === 9 ? oneOf(draw, [...'0123456789"{}[],:']).charCodeAt(0) : draw(256);
  return { part: kind === 7 ? "data" : "header", change: `byte ${at} becomes ${bytes[at]}`, bytes };
}
