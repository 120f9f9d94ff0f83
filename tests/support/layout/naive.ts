/**
 * A second implementation of patterns, in nested loops over coordinates, that shares nothing with
 * `src/layout/`.
 */

/** A pattern's side as lists of names: `"(h p) 1"` is `[["h", "p"], []]`. Every axis must have a name. */
function namesOf(side: string): string[][] {
  return [...side.matchAll(/\(([^)]*)\)|(\S+)/g)].map(([, group, single]) =>
    (group ?? single).split(/\s+/).filter((name) => name !== "" && name !== "1")
  );
}

/** `values` rearranged by `pattern`, whose every axis is in `sizes`; and the shape of the result. */
export function rearrangeNaively<T>(
  pattern: string,
  values: readonly T[],
  sizes: Record<string, number>,
): { values: T[]; shape: number[] } {
  const [left, right] = pattern.split("->").map(namesOf);
  const leftNames = left.flat();
  const rightNames = right.flat();
  const result: T[] = [];
  // Walk the output in order; at each element, spell the input's coordinates with the same digits.
  const walk = (depth: number, at: Record<string, number>): void => {
    if (depth < rightNames.length) {
      const name = rightNames[depth];
      for (let digit = 0; digit < sizes[name]; digit++) walk(depth + 1, { ...at, [name]: digit });
      return;
    }
    let index = 0;
    for (const name of leftNames) index = index * sizes[name] + at[name];
    result.push(values[index]);
  };
  walk(0, {});
  const lengthOf = (axis: string[]): number => axis.reduce((product, name) => product * sizes[name], 1);
  return { values: result, shape: right.map(lengthOf) };
}

/** The input shape that `pattern` takes when its axes have `sizes`. */
export function leftShape(pattern: string, sizes: Record<string, number>): number[] {
  return namesOf(pattern.split("->")[0]).map((axis) =>
    axis.reduce((product, name) => product * sizes[name], 1)
  );
}
