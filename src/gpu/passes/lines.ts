import type { Digit, Layout } from "../../layout/layout.ts";
import { areAdjacent, type VectorWidth, widestVector } from "../element_words.ts";

/** Most elements of a line, whose offsets one texture of one dimension holds. */
export const LONGEST_LINE = 4096;

/**
 * A layout's output as lines of elements. The last digits of an output index choose the column in a line, the
 * others choose the line; so the input offsets of a line, counted from its first one, are the same in every
 * line. A digit that would make lines too long chooses with a part of itself, and its last line may be
 * shorter.
 *
 *     output  │ line 0 │ line 1 │ line 2 │ …      element = input[line's start + column's offset]
 */
export interface Lines {
  /** Each column's input offset, from the line's first element. */
  columns: Uint32Array;
  /** `[lines, 4]`: the offsets at which a line begins in the input and in the output, its length, and 0. */
  lines: Uint32Array;
  /** The widest vector whose elements are adjacent, and aligned, in both tensors. */
  width: VectorWidth;
}

/** Returns the lines of a layout. */
export function linesOf({ digits }: Layout): Lines {
  let inner = digits.length, length = 1;
  while (inner > 0 && length * digits[inner - 1].size <= LONGEST_LINE) length *= digits[--inner].size;
  const cut = digits[inner - 1] ?? { size: 1, inputStride: 0 };
  const step = Math.max(1, Math.min(cut.size, Math.floor(LONGEST_LINE / length))); // of the cut digit
  const columns = offsetsOf([{ ...cut, size: step }, ...digits.slice(inner)]);
  const lines: number[] = [];
  let to = 0;
  for (const base of offsetsOf(digits.slice(0, Math.max(0, inner - 1)))) {
    for (let from = 0; from < cut.size; from += step) {
      const own = Math.min(step, cut.size - from) * length;
      lines.push(base + from * cut.inputStride, to, own, 0);
      to += own;
    }
  }
  const width = widestVector((width) =>
    lines.every((offset) => offset % width === 0) && areAdjacent(columns, width)
  );
  return { columns, lines: Uint32Array.from(lines), width };
}

/** Returns the input offset of every combination of digits, in row-major order. */
function offsetsOf(digits: readonly Pick<Digit, "size" | "inputStride">[]): Uint32Array {
  let offsets = Uint32Array.of(0);
  for (const { size, inputStride } of digits) {
    const longer = new Uint32Array(offsets.length * size);
    for (let i = 0; i < longer.length; i++) {
      longer[i] = offsets[Math.floor(i / size)] + i % size * inputStride;
    }
    offsets = longer;
  }
  return offsets;
}
