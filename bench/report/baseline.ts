import type { Figure } from "./figure.ts";

/** Ratios by their names; in all of them more is better. */
export type Baseline = Record<string, number>;

/** The share by which a ratio must fall to be reported: a fifth. */
export const FALL = 0.2;

/** Returns the ratios of figures. Times are left out: they depend on the machine. */
export function ratiosOf(figures: readonly Figure[]): Baseline {
  const ratios: Baseline = {};
  for (const { case: name, what, against, ratio, lessIsBetter } of figures) {
    if (ratio === undefined) continue;
    ratios[`${name}: ${what} × ${against}`] = Number((lessIsBetter ? 1 / ratio : ratio).toPrecision(3));
  }
  return ratios;
}

/**
 * Returns a line for each ratio that fell by more than {@linkcode FALL}, and for each that is missing of the
 * cases which are to be `whole`; what either side lacks of others is left out.
 */
export function fallen(now: Baseline, before: Baseline, whole: readonly string[] = []): string[] {
  return Object.entries(before).flatMap(([name, ratio]) => {
    if (now[name] < ratio * (1 - FALL)) return [`${name}: ${now[name]}, and the baseline is ${ratio}`];
    const isMissing = now[name] === undefined && whole.some((own) => name.startsWith(`${own}: `));
    return isMissing ? [`${name}: not measured, and the baseline is ${ratio}`] : [];
  });
}
