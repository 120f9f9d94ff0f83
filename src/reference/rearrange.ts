import type { Layout } from "../layout/mod.ts";

/** A typed array whose elements can be moved as they are. */
export type Elements = Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** `input` in the layout's output order; a repeat axis writes each element more than once. */
export function rearrange<T extends Elements>(input: T, layout: Layout): T {
  const total = layout.outputShape.reduce((a, b) => a * b, 1);
  const output = new (input.constructor as new (length: number) => T)(total);
  place(input, output, 0, layout);
  return output;
}

/** Writes a layout's elements into `output` from element `base` on. */
export function place<T extends Elements>(input: T, output: T, base: number, layout: Layout): void {
  const { inputShape, offsets, repeats } = layout;
  const last = inputShape.length - 1;
  let from = 0;
  const visit = (axis: number, offset: number) => {
    if (axis === last) {
      for (const repeat of repeats) placeLine(input, from, output, offset + repeat, offsets[last]);
      from += inputShape[last];
    } else for (const step of offsets[axis]) visit(axis + 1, offset + step);
  };
  visit(0, base);
}

/** Writes a line of the last input axis: the one loop that sees every element. */
function placeLine<T extends Elements>(
  input: T,
  from: number,
  output: T,
  to: number,
  steps: Uint32Array,
): void {
  for (let i = 0; i < steps.length; i++) output[to + steps[i]] = input[from + i];
}
