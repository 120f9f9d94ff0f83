import { distance } from "npm:fastest-levenshtein@1.0.16";

/** The longest text that may be meant for a name, in characters. */
const LONGEST = 100;

/**
 * Returns ` (did you mean "…"?)` with the nearest of `names`, or an empty text where none is near.
 * Letters that differ in case alone count as the same first.
 * @param prefix what stands before the nearest name in the text, such as `--`
 */
export function nearestText(name: string, names: readonly string[], prefix = ""): string {
  if (names.length === 0 || name.length > LONGEST) return "";
  const far = (other: string) => distance(name.toLowerCase(), other.toLowerCase());
  const best = names.reduce((a, b) => {
    return far(b) < far(a) || (far(b) === far(a) && distance(name, b) < distance(name, a)) ? b : a;
  });
  return distance(name, best) <= Math.max(2, name.length / 2) ? ` (did you mean "${prefix}${best}"?)` : "";
}
