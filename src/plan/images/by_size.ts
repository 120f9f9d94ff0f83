import type { Size } from "../geometry.ts";

/** More than any side, by which two sides are one number. */
const SIDES = 2 ** 26;

/** The most sizes that are kept: a larger map stands still when it grows. */
const MOST = 2 ** 14;

/** Keeps what was made of each size, since a call may have thousands of pictures of one. */
export class BySize<T> {
  readonly #known = new Map<number, T>();

  /** Returns what is known of a size, from `make` where nothing is. */
  of({ width, height }: Size, make: () => T): T {
    if (width >= SIDES || height >= SIDES) return make();
    const key = width * SIDES + height, before = this.#known.get(key);
    if (before !== undefined) return before;
    const made = make();
    if (this.#known.size < MOST) this.#known.set(key, made);
    return made;
  }
}
