/**
 * Deno releases whose `mapAsync` waits in the call for all that was submitted, and settles a polling interval of 10 ms
 * later (ext/webgpu/buffer.rs). A release that is not named here is awaited.
 */
const WAITS_IN_CALL = ["2.9.6"];

/**
 * Who may submit when. Where mapping waits for all that was submitted, work that is recorded meanwhile is submitted
 * between the wait for results and the copying of them: the GPU then works while the CPU copies.
 */
export class SubmitQueue {
  readonly #readers = new Set<number>(); // numbered as they come
  #nextReader = 0;
  readonly #held: { turn: () => void; after: number }[] = [];
  #last = { ms: 0, bytes: 1 }; // what the last results took

  /** SubmitQueue on a Deno whose `mapAsync` waits in the call, or does not. */
  constructor(readonly waitsInCall: boolean = WAITS_IN_CALL.includes(Deno.version.deno)) {}

  /** Runs `submit` at once, or where results are waited for, as soon as those are there; who waits later holds nobody up. */
  submit<T>(submit: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const turn = () => {
        try {
          resolve(submit());
        } catch (error) {
          reject(error);
        }
      };
      if (this.#readers.size === 0) turn();
      else this.#held.push({ turn, after: this.#nextReader });
    });
  }

  /**
   * Lets others go on for half of the time that results of so many `bytes` may take, going by the last ones; then calls
   * `map`, which waits, and submits what was recorded meanwhile.
   */
  async wait<T>(bytes: number, map: () => T): Promise<T> {
    if (!this.waitsInCall) return map();
    const reader = this.#nextReader++;
    this.#readers.add(reader);
    const start = performance.now();
    try {
      // Never longer than the last ones took: small results say little about large ones.
      await new Promise((resolve) =>
        setTimeout(resolve, this.#last.ms / 2 * Math.min(1, bytes / this.#last.bytes))
      );
      return map();
    } finally {
      this.#last = { ms: performance.now() - start, bytes };
      this.#readers.delete(reader);
      this.#letGo();
    }
  }

  /** Runs what is held, in order, as far as all who waited before it have their results. */
  #letGo(): void {
    const [oldest = Infinity] = this.#readers;
    while (this.#held.length > 0 && this.#held[0].after <= oldest) this.#held.shift()!.turn();
  }
}
