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
 * @param output takes them; absent: an array that is made
 */
export function rearrangeElements<T extends Elements>(
  input: T,
  layout: Layout,
  output: T = new (input.constructor as new (length: number) => T)(countOf(layout.outputShape)),
): T {
  const digits = [...layout.digits];
  if (output.length === 0) return output;
  const source = bitsOf(input), target = bitsOf(output);
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
      moveRun(source, from, inner.inputStride, target, to, count, together);
      to += inner.size * together;
    };
    visit(0, first * inner.inputStride);
  }
  return output;
}

/** Elements as their bits, which any element can be moved as. */
type Bits = Uint32Array | Uint16Array | Uint8Array;

function bitsOf({ buffer, byteOffset, length, BYTES_PER_ELEMENT: width }: Elements): Bits {
  const Words = width === 4 ? Uint32Array : width === 2 ? Uint16Array : Uint8Array;
  return new Words(buffer as ArrayBuffer, byteOffset, length);
}

/** Moves `count` times as many elements as are adjacent, `stride` apart; a few by a loop, more by a call. */
function moveRun(
  source: Bits,
  from: number,
  stride: number,
  target: Bits,
  to: number,
  count: number,
  together: number,
): void {
  if (together === 1) {
    for (const end = to + count; to < end; to++, from += stride) target[to] = source[from];
    return;
  }
  for (let index = 0; index < count; index++, from += stride, to += together) {
    if (together < 16) { for (let i = 0; i < together; i++) target[to + i] = source[from + i]; }
    else target.set(source.subarray(from, from + together), to);
  }
}
