import { MAIN } from "../vitrail.ts";

/** A run of the command line in a process of its own, at a queue on this machine. */
export class QueueProcess {
  readonly #child: Deno.ChildProcess;
  #err = "";
  /** Resolves when it has ended. */
  readonly ended: Promise<{ code: number; signal: string | null; out: string; err: string }>;

  /** Starts the command line, or another program. */
  constructor(args: readonly string[], program: string = MAIN) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--no-check", "--allow-read", "--allow-write", "--allow-env"],
        ...["--allow-net=127.0.0.1", program, ...args],
      ],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const out = new Response(this.#child.stdout).text(), err = this.#listen();
    this.ended = Promise.all([this.#child.status, out, err]).then(([{ code, signal }, out]) => {
      return { code, signal, out, err: this.#err };
    });
  }

  /** All that it has said on standard error so far. */
  get err(): string {
    return this.#err;
  }

  async #listen(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) this.#err += text;
  }

  /** Waits for something that it says on standard error; fails where it ends without. */
  async says(text: string): Promise<void> {
    let ended = false;
    this.ended.then(() => ended = true);
    while (!this.#err.includes(text)) {
      if (ended) throw new Error(`it ended, and did not say "${text}": ${this.#err}`);
      await after(10);
    }
  }

  /** Sends it a signal, unless it has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Ends it at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.ended;
  }
}

/** Waits for `ms` milliseconds. */
export function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
