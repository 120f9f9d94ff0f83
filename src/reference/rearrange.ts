import type { Layout } from "../layout/layout.ts";
import { countOf } from "../layout/shape.ts";
import type { Elements } from "../plan/dtype.ts";

/** Returns `input` in the layout's output order. An axis that repeats writes each element more than once. */
export function rearrange<T extends Elements>(input: T, layout: Layout): T {
  const output = new (input.constructor as new (length: number) => T)(countOf(layout.outputShape));
  writeRearranged(input, output, 0, layout);
  return output;
}

/** Writes `input` into `output` in the layout's output order, from element `offset` on. */
export function writeRearranged<T extends Elements>(
  input: T,
  output: T,
  offset: number,
  layout: Layout,
): void {
  const width = layout.inputShape.at(-1) ?? 1;
  writeLines((index) => input.subarray(index * width, (index + 1) * width) as T, output, offset, layout);
}

/**
 * Writes an input into `output` in the layout's output order, from element `offset` on. `lineOf` gives the
 * input line by line along its last axis, in order; a line is done with before the next is asked for.
 */
export function writeLines<T extends Elements>(
  lineOf: (index: number) => T,
  output: T,
  offset: number,
  layout: Layout,
): void {
  const { repeats } = layout;
  const offsets = layout.offsets.length > 0 ? layout.offsets : [Uint32Array.of(0)]; // no axes: one element
  const last = offsets.length - 1;
  let index = 0;
  const visit = (axis: number, start: number) => {
    if (axis === last) {
      const line = lineOf(index++);
      for (const repeat of repeats) writeLine(line, output, start + repeat, offsets[last]);
    } else for (const step of offsets[axis]) visit(axis + 1, start + step);
  };
  visit(0, offset);
}

/** Writes one line. This is the loop that sees every element. */
function writeLine<T extends Elements>(line: T, output: T, start: number, steps: Uint32Array): void {
  for (let i = 0; i < steps.length; i++) output[start + steps[i]] = line[i];
}
