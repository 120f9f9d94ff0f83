import type { Digit, Layout } from "../../layout/layout.ts";

/** Most elements of a run. */
export const LONGEST_RUN = 4096;

/**
 * A layout's output as runs of elements that follow one another. The last digits of an output index choose
 * the element of a run, the others choose the run; so the offsets in the input of a run's elements, counted
 * from its first one, are the same in every run. A digit that would make runs too long chooses with a part of
 * itself, and its last run may be shorter. A layout that has only some of its copies has their runs alone.
 *
 *     output  │ run 0 │ run 1 │ run 2 │ …      element k of a run comes from   run.from + offsets[k]
 *
 *     0 1 2 3     in tiles of 2×2, and runs of 4     run 0: from 0 to 0     offsets 0 1 4 5
 *     4 5 6 7     │ 0 1 4 5 │ 2 3 6 7 │              run 1: from 2 to 4
 */
export interface Runs {
  /** `[longest run]`: each element's offset in the input, from the run's first element on. */
  offsets: Uint32Array;
  /** `[runs, 3]`: the offset of a run's first element in the input, and in the output, and its length. */
  runs: Uint32Array;
  /** Elements from an output to that of the next value of the digit that is apart; 0 where none is. */
  step: number;
  /** The most elements, 4, 2 or 1, of which runs' offsets in the output, lengths and step are multiples. */
  multiple: number;
}

/**
 * Returns the runs of a layout.
 * @param apart the index of a digit of which runs have the first value alone: none holds elements of others,
 * which lie in as many runs again, a step farther each
 */
export function runsOf({ digits, repeats }: Layout, longest: number = LONGEST_RUN, apart = -1): Runs {
  const strides = outputStrides(digits), isCopy = ({ inputStride }: Digit) => inputStride === 0;
  const copies = digits.filter(isCopy).reduce((product, { size }) => product * size, 1);
  const some = repeats.length < copies, own = new Set(repeats);
  const isOuter = (i: number) => i === apart || some && isCopy(digits[i]) && digits[i].size > 1;
  let inner = digits.length, length = 1;
  while (inner > 0 && length * digits[inner - 1].size <= longest && !isOuter(inner - 1)) {
    length *= digits[--inner].size;
  }
  const isCut = inner > 0 && !isOuter(inner - 1);
  const cut = isCut ? digits[inner - 1] : { size: 1, inputStride: 0 };
  const outer = digits.map((digit, i) => ({ ...digit, outputStride: strides[i] }))
    .slice(0, isCut ? inner - 1 : inner).filter((_, i) => i !== apart);
  const part = partOf(cut.size, Math.floor(longest / length));
  const offsets = sumsOf([{ ...cut, size: part }, ...digits.slice(inner)].map(fromInput));
  const inputs = sumsOf(outer.map(fromInput));
  const outputs = sumsOf(outer.map(({ size, outputStride }) => [size, outputStride]));
  const copyOf = some && sumsOf(outer.map((digit) => [digit.size, isCopy(digit) ? digit.outputStride : 0]));
  const runs: number[] = [];
  for (const [index, input] of inputs.entries()) {
    if (copyOf && !own.has(copyOf[index])) continue;
    for (let from = 0; from < cut.size; from += part) {
      const count = Math.min(part, cut.size - from) * length;
      runs.push(input + from * cut.inputStride, outputs[index] + from * length, count);
    }
  }
  const step = apart < 0 ? 0 : strides[apart];
  const isMultiple = (of: number) =>
    step % of === 0 && runs.every((number, i) => i % 3 === 0 || number % of === 0);
  const multiple = [4, 2, 1].find(isMultiple)!;
  return { offsets, runs: Uint32Array.from(runs), step, multiple };
}

/** Returns the part of a digit of some size that a run takes: where it can be, a multiple of 4. */
function partOf(size: number, room: number): number {
  if (size <= room) return size;
  return room >= 4 ? room - room % 4 : Math.max(1, room);
}

/** Returns the output elements that one step of each digit moves by. */
function outputStrides(digits: readonly Digit[]): number[] {
  const strides: number[] = [];
  digits.reduceRight((stride, { size }, i) => {
    strides[i] = stride;
    return stride * size;
  }, 1);
  return strides;
}

function fromInput({ size, inputStride }: Pick<Digit, "size" | "inputStride">): [number, number] {
  return [size, inputStride];
}

/** Returns the sum of every combination of digits, each a size and a stride, in row-major order. */
function sumsOf(digits: readonly (readonly [size: number, stride: number])[]): Uint32Array {
  let sums = Uint32Array.of(0);
  for (const [size, stride] of digits) {
    const longer = new Uint32Array(sums.length * size);
    for (let i = 0; i < longer.length; i++) longer[i] = sums[Math.floor(i / size)] + i % size * stride;
    sums = longer;
  }
  return sums;
}
