/**
 * Keeps results by key, so that an equal question is answered once. The results weigh at most `most`
 * together: where one more would weigh too much, the oldest are forgotten first.
 *
 * ```ts
 * import { Memo } from "./memo.ts";
 * import { assert } from "@std/assert";
 *
 * const names = new Memo<string[]>(2);
 * const first = names.resultOf("a b", () => ["a", "b"]);
 * assert(names.resultOf("a b", () => []) === first);
 * ```
 */
export class Memo<T extends object> {
  readonly #results = new Map<string, T>();
  readonly #most: number;
  readonly #weightOf: (result: T) => number;
  #weight = 0;

  /** Creates an empty memo of results that weigh `weightOf` each, or 1; `most` is in the same unit. */
  constructor(most: number, weightOf: (result: T) => number = () => 1) {
    this.#most = most;
    this.#weightOf = weightOf;
  }

  /** The weight of all results that are kept. */
  get weight(): number {
    return this.#weight;
  }

  /** Returns the result of `key`, from `make` where none is kept. An error of `make` is not kept. */
  resultOf(key: string, make: () => T): T {
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#keep(key, made);
    return made;
  }

  /** Keeps a result, unless it is too heavy alone. Forgets the oldest until the rest is light enough. */
  #keep(key: string, result: T): void {
    const weight = this.#weightOf(result);
    if (weight > this.#most) return;
    this.#results.set(key, result);
    this.#weight += weight;
    for (const [oldest, forgotten] of this.#results) {
      if (this.#weight <= this.#most) return;
      this.#results.delete(oldest);
      this.#weight -= this.#weightOf(forgotten);
    }
  }
}
