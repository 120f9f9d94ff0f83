/** One line of the table: the times, or another measure, of one thing in one case. */
export interface Figure {
  /** The case's name. */
  case: string;
  /** The one who did the work, or the part of the work that this is. */
  what: string;
  /** The median of what was measured, in `unit`. */
  median: number;
  /** The unit: milliseconds, nanoseconds a pixel, memory, a share, or a count. */
  unit: "ms" | "ns/px" | "MiB" | "%" | "bytes" | "copies" | "cores";
  /** The first and the third quartile. */
  spread: [low: number, high: number];
  /** The rounds that were measured; 0 where there is no figure. */
  rounds: number;
  /**
   * The median of this line as a multiple of the median of `against`; for kernels their GB/s as a share of
   * the copy's.
   */
  ratio?: number;
  /** The line that the ratio is against. */
  against?: string;
  /** True where the smaller ratio is the better one, as of Vitrail's own time or memory. */
  lessIsBetter?: boolean;
  /** Bytes read and written a nanosecond. */
  gigabytesPerSecond?: number;
  /** The result of the comparison with Vitrail's, or the reason why there is no figure. */
  note?: string;
}

/** Makes a line of the values that were measured, one a round. */
export function figureOf(
  name: string,
  what: string,
  unit: Figure["unit"],
  values: readonly number[],
  rest: Partial<Figure> = {},
): Figure {
  const spread: [number, number] = [quantile(values, 0.25), quantile(values, 0.75)];
  return { case: name, what, median: median(values), unit, spread, rounds: values.length, ...rest };
}

/** Makes a line that says why there is no figure. */
export function missing(name: string, what: string, note: string): Figure {
  return { case: name, what, median: NaN, unit: "ms", spread: [NaN, NaN], rounds: 0, note };
}

/** Returns the median of numbers. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The quantile of numbers at a share from 0 to 1, interpolated between the two nearest. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share, low = Math.floor(at);
  return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low);
}
