/** Most cores that decodes are counted for: sharp has 32 threads, and files are read on the same. */
const MOST_CORES = 24;

/** Pictures that are decoded, or probed, at once: one for each core, and two that wait for a core. */
export const DECODES_AT_ONCE: number = Math.min(navigator.hardwareConcurrency ?? 1, MOST_CORES) + 2;

/** A decode that waits. */
interface Waiting {
  pixels: number;
  enter: () => void;
}

/** Lets the decodes of all runs of an engine begin, a few at once, the largest picture first. */
export class DecodeGate {
  readonly #waiting: Waiting[] = [];
  #free: number;

  /** Creates a gate that lets `atOnce` in at once. */
  constructor(atOnce: number = DECODES_AT_ONCE) {
    this.#free = atOnce;
  }

  /** Decodes a picture of so many pixels by `decode` once it is its turn, and returns what that gives. */
  async pass<T>(pixels: number, decode: () => T | Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((enter) => this.#waiting.push({ pixels, enter }));
    try {
      return await decode();
    } finally {
      this.#letNextIn();
    }
  }

  /** Lets the largest of those that wait in; of equals the one that came first. */
  #letNextIn(): void {
    let next = 0;
    for (const [index, { pixels }] of this.#waiting.entries()) {
      if (pixels > this.#waiting[next].pixels) next = index;
    }
    const [largest] = this.#waiting.splice(next, 1);
    if (largest) largest.enter();
    else this.#free++;
  }
}
