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
  let at = 0;
  const visit = (axis: number, offset: number) => {
    const steps = offsets[axis];
    for (let i = 0; i < inputShape[axis]; i++) {
      if (axis + 1 < inputShape.length) visit(axis + 1, offset + steps[i]);
      else {
        for (const repeat of repeats) output[offset + steps[i] + repeat] = input[at];
        at++;
      }
    }
  };
  visit(0, base);
}
