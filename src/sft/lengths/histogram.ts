/** One bar of a histogram of lengths. */
export interface LengthBar {
  /** The least length that it counts. */
  readonly from: number;
  /** The length after the greatest that it counts; null where it counts all that are longer. */
  readonly to: number | null;
  /** The count of lengths. */
  readonly count: number;
}

/** The most bars before the last one, which counts what is longer. */
const BARS = 12;

/** The share of lengths that bars of equal width are made for. */
const SHOWN = 0.99;

/**
 * Returns a histogram of lengths: at most 12 bars of one width, 1, 2 or 5 times a power of ten, and where
 * lengths are left, a bar of those.
 * @param ascending the lengths, in ascending order
 */
export function histogramOf(ascending: ArrayLike<number>): LengthBar[] {
  const { length: total } = ascending;
  if (total === 0) return [];
  const reach = ascending[Math.ceil(SHOWN * total) - 1] + 1, width = roundWidth(reach / BARS);
  const bars: LengthBar[] = [];
  for (let from = 0, at = 0; at < total; from += width) {
    const last = bars.length === BARS, to = last ? null : from + width, before = at;
    while (at < total && (to === null || ascending[at] < to)) at++;
    bars.push({ from, to, count: at - before });
  }
  return bars;
}

/** Returns the least of 1, 2 and 5 times a power of ten that is not below `least`. */
function roundWidth(least: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((width) => width >= least)!;
}
