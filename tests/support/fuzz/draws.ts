/** A generator of whole numbers from 0 up to a bound, by a seed. */
export type Draw = (below: number) => number;

/** Returns mulberry32's numbers. Source: Tommy Ettinger, public domain. */
export function draws(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return Math.floor(((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32 * below);
  };
}

/** Returns one of some things. */
export function oneOf<T>(draw: Draw, things: readonly T[]): T {
  return things[draw(things.length)];
}
