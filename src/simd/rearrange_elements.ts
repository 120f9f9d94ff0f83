import type { Layout } from "../layout/layout.ts";
import { countOf } from "../layout/shape.ts";
import type { Elements } from "../plan/dtype.ts";

/** Bytes of input that the innermost loop strides through at once, so that they stay in a core's cache. */
const BLOCK_BYTES = 1 << 17;

/** The least steps of a block: of fewer, lines of a cache would be written in parts, again and again. */
const LEAST_BLOCK = 64;

/**
 * Returns elements in the order of a layout's output. Each digit of an output index strides through the
 * input; the digits that are contiguous in both tensors are moved together, and the innermost of the others
 * by a loop. Where that one strides far, it does so in blocks: all other digits visit one before the next.
 */
export function rearrangeElements<T extends Elements>(input: T, layout: Layout): T {
  const { outputShape } = layout, digits = [...layout.digits];
  const output = new (input.constructor as new (length: number) => T)(countOf(outputShape));
  if (output.length === 0) return output;
  let together = 1; // elements that are adjacent in both
  while (digits.length > 0 && digits.at(-1)!.inputStride === together) together *= digits.pop()!.size;
  const inner = digits.pop() ?? { size: 1, inputStride: 0 };
  const strideBytes = inner.inputStride * input.BYTES_PER_ELEMENT;
  const block = Math.max(LEAST_BLOCK, Math.floor(BLOCK_BYTES / Math.max(strideBytes, 1)));
  for (let first = 0; first < inner.size; first += block) {
    const count = Math.min(block, inner.size - first);
    let to = first * together;
    const visit = (depth: number, from: number) => {
      if (depth < digits.length) {
        const { size, inputStride } = digits[depth];
        for (let index = 0; index < size; index++) visit(depth + 1, from + index * inputStride);
        return;
      }
      for (let index = 0, at = to; index < count; index++, from += inner.inputStride, at += together) {
        move(input, from, output, at, together);
      }
      to += inner.size * together;
    };
    visit(0, first * inner.inputStride);
  }
  return output;
}

/** Moves elements that are adjacent; a few of them by a loop, which then costs less than a call. */
function move(input: Elements, from: number, output: Elements, to: number, count: number): void {
  if (count < 16) { for (let i = 0; i < count; i++) output[to + i] = input[from + i]; }
  else output.set(input.subarray(from, from + count) as never, to);
}
