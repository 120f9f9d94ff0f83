import type { Layout } from "../layout/layout.ts";
import { countOf } from "../layout/shape.ts";
import type { Elements } from "../plan/dtype.ts";

/**
 * Returns elements in the order of a layout's output. Each digit of an output index strides through the
 * input; the digits that are contiguous in both tensors are moved together, and the innermost of the others
 * by a loop.
 */
export function rearrangeElements<T extends Elements>(input: T, layout: Layout): T {
  const { outputShape } = layout, digits = [...layout.digits];
  const output = new (input.constructor as new (length: number) => T)(countOf(outputShape));
  let together = 1; // elements that are adjacent in both
  while (digits.length > 0 && digits.at(-1)!.inputStride === together) together *= digits.pop()!.size;
  const inner = digits.pop() ?? { size: 1, inputStride: 0 };
  let to = 0;
  const visit = (depth: number, from: number) => {
    if (depth < digits.length) {
      const { size, inputStride } = digits[depth];
      for (let index = 0; index < size; index++) visit(depth + 1, from + index * inputStride);
      return;
    }
    for (let index = 0; index < inner.size; index++, from += inner.inputStride, to += together) {
      move(input, from, output, to, together);
    }
  };
  if (output.length > 0) visit(0, 0);
  return output;
}

/** Moves elements that are adjacent; a few of them by a loop, which then costs less than a call. */
function move(input: Elements, from: number, output: Elements, to: number, count: number): void {
  if (count < 16) { for (let i = 0; i < count; i++) output[to + i] = input[from + i]; }
  else output.set(input.subarray(from, from + count) as never, to);
}
