import { fileURLToPath } from "node:url";
import { linesOf } from "../support/fuzz/lines_of.ts";
import { type CaseAnswer, READY } from "./fuzz_child.ts";

/** Seconds in which a row has to be ready. */
const START = 120;

/** The program of the child process. */
const CHILD = fileURLToPath(new URL("./fuzz_child.ts", import.meta.url));

/** The outcome of a case; without an answer where its process did not live to give one. */
export type CaseOutcome = CaseAnswer | { number: number; wrong: string; ms: number };

/** The places and bounds of a row's cases. */
export interface CaseRunnerOptions {
  /** The row's module. */
  module: URL;
  seed: number;
  /** The file that holds the input of the case that runs. */
  file: string;
  /** Seconds that a case may take. */
  deadline: number;
  /** Variables of the child's environment besides this process's own. */
  env?: Record<string, string>;
}

/** Runs the cases of a row in a child process, and in another one where that dies or hangs. */
export class CaseRunner {
  readonly #options: CaseRunnerOptions;
  #child: Deno.ChildProcess | undefined;
  #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #lines: AsyncGenerator<string, void, void> | undefined;

  constructor(options: CaseRunnerOptions) {
    this.#options = options;
  }

  /** Runs a case. */
  async run(number: number): Promise<CaseOutcome> {
    if (this.#child === undefined) await this.#start();
    const start = performance.now(), { deadline } = this.#options;
    await this.#input!.write(new TextEncoder().encode(`${number}\n`)).catch(() => {}); // it has died
    const answer = await this.#answer(deadline, (line) => line.startsWith(`{"number":${number},`));
    if (typeof answer === "object") return JSON.parse(answer.line);
    const ms = performance.now() - start;
    await this.#kill();
    return { number, wrong: answer, ms };
  }

  async #start(): Promise<void> {
    const { module, seed, file, env } = this.#options;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--allow-all", CHILD, module.href, String(seed), file],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      env,
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
    const ready = await this.#answer(START, (line) => line === READY);
    if (typeof ready === "object") return;
    await this.#kill();
    throw new Error(`the row of ${module.href} did not start: ${ready}`);
  }

  /** Waits for a line, for so many seconds; elsewhere says what happened. */
  async #answer(seconds: number, wanted: (line: string) => boolean): Promise<{ line: string } | string> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, seconds * 1000, `no answer within ${seconds} s`);
    });
    const found = async () => {
      for (;;) {
        const { value, done } = await this.#lines!.next(); // other lines are what libraries print
        if (!done && wanted(value)) return { line: value };
        if (!done) continue;
        const { code, signal } = await this.#child!.status;
        return `the process died: ${signal ?? `code ${code}`}`;
      }
    };
    try {
      return await Promise.race([late, found()]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #kill(): Promise<void> {
    const child = this.#child!;
    this.#child = undefined;
    try {
      child.kill("SIGKILL");
    } catch {
      // It has died by itself.
    }
    await this.#input!.abort().catch(() => {});
    await child.status;
  }

  /** Ends the child process, which frees what its row took. */
  async close(): Promise<void> {
    if (this.#child === undefined) return;
    await this.#input!.close().catch(() => {});
    const ending = AbortSignal.timeout(10_000);
    ending.addEventListener("abort", () => this.#kill());
    for await (const _ of this.#lines!); // to its end
    await this.#child?.status;
  }
}
