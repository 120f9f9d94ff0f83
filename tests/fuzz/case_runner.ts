import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { linesOf } from "../support/fuzz/lines_of.ts";
import { removeWithDisks } from "../support/fuzz/remove_with_disks.ts";
import { type CaseAnswer, READY } from "./fuzz_child.ts";

/** Seconds in which a row has to be ready, and those in which it has to free what it took. */
const START = 120, CLOSE = 10;

/** The program of the child process. */
const CHILD = fileURLToPath(new URL("./fuzz_child.ts", import.meta.url));

/** The outcome of a case; without an answer where its process did not live to give one. */
export type CaseOutcome = CaseAnswer | Unanswered & { number: number; ms: number };

/** The end of a process that gave no answer. */
interface Unanswered {
  wrong: string;
  /** True where it was ended because it took too long; false where it died by itself. */
  late: boolean;
}

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
  /** The folder in which the child makes its temporary ones, which stay where it is killed. */
  #folder: string | undefined;
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
    if ("line" in answer) return JSON.parse(answer.line);
    const ms = performance.now() - start;
    await this.#kill();
    return { number, ms, ...answer };
  }

  async #start(): Promise<void> {
    const { module, seed, file, env } = this.#options;
    this.#folder = await Deno.makeTempDir({ dir: resolve(dirname(file)) });
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--allow-all", CHILD, module.href, String(seed), file],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      env: { ...env, TMPDIR: this.#folder },
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
    const ready = await this.#answer(START, (line) => line === READY);
    if ("line" in ready) return;
    await this.#kill();
    throw new Error(`the row of ${module.href} did not start: ${ready.wrong}`);
  }

  /** Waits for a line, for so many seconds; elsewhere says what happened. */
  async #answer(
    seconds: number,
    wanted: (line: string) => boolean,
  ): Promise<{ line: string } | Unanswered> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<Unanswered>((resolve) => {
      timer = setTimeout(resolve, seconds * 1000, { wrong: `no answer within ${seconds} s`, late: true });
    });
    const found = async () => {
      for (;;) {
        const { value, done } = await this.#lines!.next(); // other lines are what libraries print
        if (!done && wanted(value)) return { line: value };
        if (!done) continue;
        const { code, signal } = await this.#child!.status;
        return { wrong: `the process died: ${signal ?? `code ${code}`}`, late: false };
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
    await removeWithDisks(this.#folder!);
  }

  /** Ends the child process, which frees what its row took. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    await this.#input!.close().catch(() => {});
    let killed: Promise<void> | undefined;
    const timer = setTimeout(() => killed = this.#kill(), CLOSE * 1000);
    for await (const _ of this.#lines!); // to its end
    clearTimeout(timer);
    if (killed !== undefined) return await killed;
    await child.status;
    this.#child = undefined;
    await removeWithDisks(this.#folder!);
  }
}
