/** The signals that ask a process to end. Windows knows the first alone. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/** The exit status of work that was interrupted, as shells give it. */
export const INTERRUPTED = 130;

/**
 * Waits for a signal that asks the work to end: Ctrl-C, or what a scheduler sends. A second one ends the
 * process at once.
 */
export class Interruption {
  #asked = false;
  readonly #listener: () => void;

  /** Begins to wait; `onFirst` is called at the first signal, and `onSecond` before the process ends. */
  constructor(onFirst: () => void, onSecond: () => void = () => {}) {
    this.#listener = () => {
      if (this.#asked) {
        onSecond();
        Deno.exit(INTERRUPTED);
      }
      this.#asked = true;
      onFirst();
    };
    for (const signal of SIGNALS) Deno.addSignalListener(signal, this.#listener);
  }

  /** Ends the process at the first signal, once `say` has said what is kept. */
  static atOnce(say: () => void): Interruption {
    return new Interruption(() => {
      say();
      Deno.exit(INTERRUPTED);
    });
  }

  /** True once the work was asked to end. */
  get asked(): boolean {
    return this.#asked;
  }

  /** Leaves signals to the platform again. */
  [Symbol.dispose](): void {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, this.#listener);
  }
}
