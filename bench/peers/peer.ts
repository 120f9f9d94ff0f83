import type { Needs, PeerProgram } from "./programs.ts";
import { lines } from "./serve.ts";
import type { Answer, Request } from "./work.ts";

/** The process of a peer, which answers one request after another. */
export class Peer {
  readonly #child: Deno.ChildProcess;
  readonly #answers: AsyncGenerator<string>;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(readonly program: PeerProgram, command: string, env: Record<string, string>) {
    // torch takes one core of two where they are threads of one; its threads are to have all.
    const threads = { OMP_NUM_THREADS: String(navigator.hardwareConcurrency) };
    this.#child = new Deno.Command(command, {
      args: program.args,
      env: { ...env, ...threads },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#answers = lines(this.#child.stdout);
    this.#requests = this.#child.stdin.getWriter();
  }

  /** Starts a peer. A text in its place says what this machine lacks for it. */
  static async start(program: PeerProgram, env: Record<string, string>): Promise<Peer | string> {
    const { command, needs } = program;
    if (!needs) return new Peer(program, command, env);
    const python = await pythonWith(needs);
    return python === undefined ? `no python3 here has ${needs.what}` : new Peer(program, python, env);
  }

  /**
   * Sends one request and returns the answer; it has an `error` where the peer failed or its process ended.
   */
  async ask(request: Request): Promise<Answer> {
    try {
      await this.#requests.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
      const { value } = await this.#answers.next();
      if (value !== undefined) return JSON.parse(value);
    } catch { /* it has ended */ }
    return { ms: NaN, shape: [], error: "its process ended" };
  }

  /** Ends the process: it ends when it gets no more requests. */
  async stop(): Promise<void> {
    await this.#requests.close().catch(() => {});
    await this.#child.status;
  }
}

/** Returns a Python that has what is needed, from the PATH or the system; undefined where neither has it. */
export async function pythonWith({ code }: Needs): Promise<string | undefined> {
  for (const python of ["python3", "/usr/bin/python3"]) {
    const probe = new Deno.Command(python, { args: ["-c", code], stdout: "null", stderr: "null" });
    if (await probe.output().then(({ success }) => success, () => false)) return python;
  }
}
