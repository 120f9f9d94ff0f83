import { median, quantile } from "./statistics.ts";

/** One line of the table. */
export interface Figure {
  /** The case. */
  case: string;
  /** Who did it, or which part of it this is. */
  what: string;
  /** Median, and what `values` are in. */
  median: number;
  unit: "ms" | "ns/px" | "MiB" | "%";
  /** First and third quartile. */
  spread: [low: number, high: number];
  runs: number;
  /** Against `against`: how many times this line's median is that one's, or for kernels the share of the copy's GB/s. */
  ratio?: number;
  /** What the ratio is against. */
  against?: string;
  /** Whether a smaller ratio is the better one: where the line is Vitrail's own time or memory. */
  lessIsBetter?: boolean;
  gigabytesPerSecond?: number;
  /** How the work was held against Vitrail's, or why there is none. */
  note?: string;
}

/** A line from measured values. */
export function figureOf(
  name: string,
  what: string,
  unit: Figure["unit"],
  values: readonly number[],
  rest: Partial<Figure> = {},
): Figure {
  const spread: [number, number] = [quantile(values, 0.25), quantile(values, 0.75)];
  return { case: name, what, median: median(values), unit, spread, runs: values.length, ...rest };
}

/** A line that says why there is no figure. */
export function missing(name: string, what: string, note: string): Figure {
  return { case: name, what, median: NaN, unit: "ms", spread: [NaN, NaN], runs: 0, note };
}
