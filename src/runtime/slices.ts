import { runtime } from "./here.ts";

/** The most ms of a slice. What V8 collects meanwhile is beside it, and 50 ms in all are not noticed. */
const SLICE = 10;

/** Long work in slices, between which timers, signals and all else that waits have a turn. */
export class Slices {
  #began = performance.now();

  /** True once a slice is over, and {@linkcode turn} is to be called. */
  get over(): boolean {
    return performance.now() - this.#began > SLICE;
  }

  /** Gives all that waits a turn, and begins the next slice; throws the reason of an aborted signal. */
  async turn(signal?: AbortSignal): Promise<void> {
    await runtime.turn();
    signal?.throwIfAborted();
    this.#began = performance.now();
  }
}
