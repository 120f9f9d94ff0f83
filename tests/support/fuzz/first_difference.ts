import type { Files } from "../sft/data_set.ts";

/** Names the first file that is not the same in two folders; undefined where all are. */
export function firstDifference(found: Files, right: Files): string | undefined {
  const names = new Set([...found.keys(), ...right.keys()]);
  for (const name of names) {
    const [own, other] = [found.get(name), right.get(name)];
    if (own === undefined || other === undefined) {
      return `${name} is there ${own ? "and should not be" : "no more"}`;
    }
    if (own.length !== other.length || own.some((byte, at) => byte !== other[at])) {
      return `${name} has other bytes`;
    }
  }
}
