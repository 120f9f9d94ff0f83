import { VitrailError } from "../../errors.ts";
import { STEP } from "../../runtime/in_steps.ts";
import { LongList, onlyReads, readerOf } from "../../runtime/long_list.ts";
import type { Composing } from "../recipe.ts";

/** The most entries of a copy that is a plain list: 2 MB, for whose pages memory takes up to 10 ms. */
const PLAIN = 2 ** 18;

/** A kind of entries: how they are summed and copied. */
export interface EntryKind<T> {
  /**
   * Returns the sum by {@linkcode mixed} of what stands `before`, and of a plain list's entries. It ends at
   * one that `copy` refuses, at the latest where it is of another kind. It is one loop, quick from the start.
   */
  readonly sum: (before: number, entries: readonly T[]) => number;
  /**
   * Returns a copy of an entry, whose sum is the entry's.
   * @throws {VitrailError} for an entry that no call takes.
   */
  readonly copy: (entry: T, index: number) => T;
}

/**
 * The copying of a list of the caller's, as it is when this is created. A copy of a million entries takes
 * fresh memory, up to 20 µs a page, and so is made in steps. The list is read once at the start, which takes
 * a few ms: the sum of its entries then is the copies' sum, unless the list was changed meanwhile.
 */
export class ListCopy<T> {
  readonly #length: number;
  readonly #sum: number;

  /** @param name the list's name in messages */
  constructor(readonly name: string, readonly list: readonly T[], readonly kind: EntryKind<T>) {
    this.#length = list.length;
    this.#sum = this.#sumNow();
  }

  /**
   * Copies the list, and yields every few entries. Where it is very long, the copy only reads.
   * @throws {VitrailError} `usage` where it was changed before it was copied. What `copy` throws.
   */
  *entries(): Composing<T[]> {
    const { list, kind } = this, made = new LongList<T>(), entryAt = readerOf(list);
    let sum = 0;
    for (let from = 0; from < this.#length; from += STEP) {
      const part: T[] = [], end = Math.min(from + STEP, this.#length);
      for (let index = from; index < end; index++) {
        const copy = this.#copied(entryAt(index), index);
        part.push(copy);
        made.push(copy);
      }
      sum = kind.sum(sum, part);
      if (part.length === STEP) yield;
    }
    if (sum !== this.#sum || list.length !== this.#length) throw this.#changed();
    return made.list(PLAIN);
  }

  /** Returns a copy of an entry. One that is refused and was not there at the start is a change. */
  #copied(entry: T, index: number): T {
    try {
      return this.kind.copy(entry, index);
    } catch (error) {
      throw this.list.length === this.#length && this.#sumNow() === this.#sum ? error : this.#changed();
    }
  }

  #sumNow(): number {
    const { list, kind } = this;
    if (!onlyReads(list)) return kind.sum(0, list);
    const entryAt = readerOf(list);
    let sum = 0;
    for (let index = 0; index < list.length; index++) sum = kind.sum(sum, [entryAt(index)]);
    return sum;
  }

  #changed(): VitrailError {
    return new VitrailError(
      "usage",
      `${this.name} were changed while the call was planned: the list of ${this.#length} is no longer what ` +
        `was given; change it once the plan is there, or give a copy`,
    );
  }
}

/** An odd number whose multiples by small numbers lie far apart: 2³² by the golden ratio. */
export const FACTOR = 0x9e3779b1;

const NUMBER = new Float64Array(1), WORDS = new Int32Array(NUMBER.buffer);

/** Returns another sum for each value and each sum before it; all that are no numbers count as one. */
export function mixed(before: number, value: unknown): number {
  if (typeof value === "number" && (value | 0) === value) return mixedWord(before, value);
  NUMBER[0] = typeof value === "number" ? value : NaN;
  return mixedWord(mixedWord(before, WORDS[0]), WORDS[1]);
}

function mixedWord(before: number, word: number): number {
  const product = Math.imul(before ^ word, FACTOR);
  return product ^ (product >>> 15); // high bits count for low ones, too
}
