/** The signals that ask a process to end. Windows knows the first alone. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/** Turns of the event loop in which Deno tells of a signal that came before them: it takes two. */
const TURNS = 3;

/** The exit status of work that was interrupted, as shells give it. */
export const INTERRUPTED = 130;

/**
 * Waits for a signal that asks the work to end: Ctrl-C, or what a scheduler sends. The process ends at once
 * with a signal for which there is nothing to call: the second one, or the third.
 */
export class Interruption {
  #asked = 0;
  readonly #listener: () => void;

  /** Begins to wait; `onFirst` is called at the first signal, and `onSecond`, if given, at the second. */
  constructor(onFirst: () => void, onSecond?: () => void) {
    const calls = [onFirst, onSecond];
    this.#listener = () => {
      const call = calls[this.#asked++];
      if (call === undefined) Deno.exit(INTERRUPTED);
      call();
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
    return this.#asked > 0;
  }

  /** Leaves signals to the platform again, once one that came while the work was busy is heard. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setTimeout(resolve));
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, this.#listener);
  }
}
