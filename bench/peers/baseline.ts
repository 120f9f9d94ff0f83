import type { Figure } from "./figure.ts";

/** Ratios by what they are of; more is better in all of them. */
export type Baseline = Record<string, number>;

/** A fall that is worth a word: a fifth. */
export const FALL = 0.2;

/** The ratios of figures: never times, which are the machine's. */
export function ratiosOf(figures: readonly Figure[]): Baseline {
  return Object.fromEntries(
    figures.filter(({ ratio }) => ratio !== undefined).map((
      { case: name, what, against, ratio, lessIsBetter },
    ) => [
      `${name}: ${what} × ${against}`,
      Number((lessIsBetter ? 1 / ratio! : ratio!).toPrecision(3)),
    ]),
  );
}

/** What fell by more than `FALL`, a line each; what either side lacks is not compared. */
export function fallen(now: Baseline, before: Baseline): string[] {
  return Object.entries(before)
    .filter(([what, ratio]) => now[what] < ratio * (1 - FALL))
    .map(([what, ratio]) => `${what}: ${now[what]}, and the baseline is ${ratio}`);
}
