import { runtime } from "../../runtime/here.ts";

/**
 * Orders submissions and the reading of results. Where `mapAsync` blocks until all that was submitted is
 * done, work that is recorded while somebody waits for results is held. It is submitted when those results
 * are there, and before they are copied, so that the GPU works while the CPU copies.
 *
 *     CPU  record 2 │ map 1 (blocks) │ submit 2 │ copy 1 out
 *     GPU  ──────── work 1 ──────────┘          └── work 2 ──────
 */
export class SubmitQueue {
  readonly #readers = new Set<number>(); // those who wait for results, numbered in the order of their coming
  #nextReader = 0;
  readonly #held: { submit: () => void; before: number }[] = []; // `before`: the first reader not waited for

  /** Creates a queue for a runtime whose `mapAsync` blocks, or does not. */
  constructor(readonly mapBlocks: boolean = runtime.mapBlocks) {}

  /**
   * Submits work by `submit`, and resolves to its result. Work that comes while results are waited for is
   * held until all who waited before it have theirs; those who begin to wait later do not delay it.
   */
  submit<T>(submit: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        try {
          resolve(submit());
        } catch (error) {
          reject(error);
        }
      };
      if (this.#readers.size === 0) settle();
      else this.#held.push({ submit: settle, before: this.#nextReader });
    });
  }

  /**
   * Calls `map`, which blocks until results are there, and resolves to what it returns. Before that, others
   * have one turn: whoever has pixels by now records while the GPU works. After that, the work that was held
   * meanwhile is submitted. A `map` that does not block is called at once, and nothing is held.
   */
  async wait<T>(map: () => T): Promise<T> {
    if (!this.mapBlocks) return map();
    const reader = this.#nextReader++;
    this.#readers.add(reader);
    try {
      await runtime.turn();
      return map();
    } finally {
      this.#readers.delete(reader);
      this.#submitHeld();
    }
  }

  /** Submits held work, in order, up to the first that still waits for a reader. */
  #submitHeld(): void {
    const [oldest = Infinity] = this.#readers;
    while (this.#held.length > 0 && this.#held[0].before <= oldest) this.#held.shift()!.submit();
  }
}
