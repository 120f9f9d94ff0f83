/**
 * Deno releases whose `mapAsync` blocks until the GPU has done all that was submitted, and settles a polling
 * interval of 10 ms later (ext/webgpu/buffer.rs). On a release that is not named here it is awaited.
 */
const MAP_BLOCKS = ["2.9.6"];

/** A submission that waits for results to be there. */
interface HeldSubmission {
  submit: () => void;
  /** The number of the first reader that it does not wait for. */
  before: number;
}

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
  readonly #held: HeldSubmission[] = [];
  #last = { ms: 0, bytes: 1 }; // the time that the last results took, and their size

  /** Creates a queue for a Deno whose `mapAsync` blocks, or does not. */
  constructor(readonly mapBlocks: boolean = MAP_BLOCKS.includes(Deno.version.deno)) {}

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
   * Calls `map`, which blocks until results of so many bytes are there, and resolves to what it returns.
   * Before that, others may go on for half of the time that the results are likely to take, going by the last
   * ones. After that, the work that was held meanwhile is submitted. A `map` that does not block is called at
   * once, and nothing is held.
   */
  async wait<T>(bytes: number, map: () => T): Promise<T> {
    if (!this.mapBlocks) return map();
    const reader = this.#nextReader++;
    this.#readers.add(reader);
    const start = performance.now();
    try {
      // Never more than half of what the last ones took: small results say little about large ones.
      const pause = this.#last.ms / 2 * Math.min(1, bytes / this.#last.bytes);
      await new Promise((resolve) => setTimeout(resolve, pause));
      return map();
    } finally {
      this.#last = { ms: performance.now() - start, bytes };
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
