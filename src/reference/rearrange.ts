import type { Layout } from "../layout/layout.ts";
import type { Elements } from "../plan/dtype.ts";

/** `input` in the layout's output order; a repeat axis writes each element more than once. */
export function rearrange<T extends Elements>(input: T, layout: Layout): T {
  const total = layout.outputShape.reduce((a, b) => a * b, 1);
  const output = new (input.constructor as new (length: number) => T)(total);
  place(input, output, 0, layout);
  return output;
}

/** Writes a layout's elements into `output` from element `base` on. */
export function place<T extends Elements>(input: T, output: T, base: number, layout: Layout): void {
  const width = layout.inputShape.at(-1) ?? 1;
  placeLines((index) => input.subarray(index * width, (index + 1) * width) as T, output, base, layout);
}

/** Writes lines of a layout's last input axis, which `lineOf` gives in their order, into `output` from element `base` on. */
export function placeLines<T extends Elements>(
  lineOf: (index: number) => T,
  output: T,
  base: number,
  layout: Layout,
): void {
  const { repeats } = layout;
  const offsets = layout.offsets.length > 0 ? layout.offsets : [Uint32Array.of(0)]; // no axes: one element
  const last = offsets.length - 1;
  let index = 0;
  const visit = (axis: number, offset: number) => {
    if (axis === last) {
      const line = lineOf(index++);
      for (const repeat of repeats) placeLine(line, output, offset + repeat, offsets[last]);
    } else for (const step of offsets[axis]) visit(axis + 1, offset + step);
  };
  visit(0, base);
}

/** Writes one line: the loop that sees every element. */
function placeLine<T extends Elements>(line: T, output: T, to: number, steps: Uint32Array): void {
  for (let i = 0; i < steps.length; i++) output[to + steps[i]] = line[i];
}
