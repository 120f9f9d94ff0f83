import { Buffer } from "node:buffer";
import type { TensorSource } from "../../formats/safetensors_pieces.ts";
import { longsOf } from "../../plan/integers.ts";

/** The characters of texts that are encoded together. */
const CHARACTERS_A_WRITE = 2 ** 20;

/** Returns a tensor of whole numbers `[rows]`, or with a width `[rows, width]`. */
export function integers(
  name: string,
  rows: readonly (readonly number[])[],
  width?: number,
): TensorSource {
  const shape = width === undefined ? [rows.length] : [rows.length, width];
  return { name, dtype: "I32", shape, data: Int32Array.from(rows.flat()) };
}

/** Returns a tensor of whole numbers of 64 bits `[values]`. */
export function long(name: string, values: readonly number[]): TensorSource {
  return { name, dtype: "I64", shape: [values.length], data: longsOf(values) };
}

/** Returns the tensors of a list of lists: all items, and the lists' offsets. */
export function lists(name: string, items: readonly (readonly number[])[]): TensorSource[] {
  return [
    integers(name, items.flat().map((item) => [item])),
    long(`${name}_offsets`, offsetsOf(items.map((list) => list.length))),
  ];
}

/** Returns the tensors of texts: all of them in UTF-8, and their offsets. */
export function texts(name: string, items: readonly string[]): TensorSource[] {
  const offsets = offsetsOf(items.map((item) => Buffer.byteLength(item)));
  return [
    { name, dtype: "U8", shape: [offsets.at(-1)!], data: encoded(items) },
    long(`${name}_offsets`, offsets),
  ];
}

/**
 * Yields the texts in UTF-8, some at a time. So there is neither a write for each text, nor a second copy of
 * all of them in memory.
 */
function* encoded(items: readonly string[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let from = 0, characters = 0;
  for (const [index, item] of items.entries()) {
    characters += item.length;
    if (characters < CHARACTERS_A_WRITE && index < items.length - 1) continue;
    yield encoder.encode(items.slice(from, index + 1).map((text) => text.toWellFormed()).join(""));
    from = index + 1;
    characters = 0;
  }
}

/** Returns the offset of each item, and the end of the last: `[items + 1]`. */
export function offsetsOf(lengths: readonly number[]): number[] {
  const offsets = [0];
  for (const length of lengths) offsets.push(offsets.at(-1)! + length);
  return offsets;
}
