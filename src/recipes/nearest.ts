import { closest, distance } from "npm:fastest-levenshtein@1.0.16";

/** ` (did you mean "…"?)` where one of `names` is near to `name`, or nothing. */
export function nearestText(name: string, names: readonly string[], prefix = ""): string {
  if (names.length === 0) return "";
  const best = closest(name, [...names]);
  return distance(name, best) <= Math.max(2, name.length / 2) ? ` (did you mean "${prefix}${best}"?)` : "";
}
