/** One axis of the tensor between its two sides: a name, or an integer that names a size only. */
export interface Factor {
  /** The name; for an integer the integer and its turn on its side, so that the second 336 is `336#2`. */
  readonly name: string;
  /** How the pattern spells it. */
  readonly text: string;
  /** The size, where the pattern spells an integer. */
  readonly literal?: number;
  /** The index of its first character in the pattern. */
  readonly at: number;
}

/** One axis of a tensor: the factors that it is the product of, slowest first; `1` and `()` have none. */
export type Axis = readonly Factor[];

/** An axis as a pattern spells it: `h`, `(h p)` or `1`. */
export function axisText(axis: Axis): string {
  if (axis.length === 0) return "1";
  const spelt = axis.map((factor) => factor.text).join(" ");
  return axis.length === 1 ? spelt : `(${spelt})`;
}
