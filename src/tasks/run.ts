/** How a child process ended, and what it printed where that was kept. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
}

/** How a child process is run. */
export interface ProgramOptions {
  /** Added to the environment. */
  readonly env?: Record<string, string>;
  /** `show` passes stdout on, `keep` returns it, `both` does both. */
  readonly stdout?: "show" | "keep" | "both";
  /** What becomes of stderr; `inherit` without it. */
  readonly stderr?: "inherit" | "null";
  /** Ends the child. */
  readonly signal?: AbortSignal;
}

/** Runs `program`; a program that does not exist ends with code 127, as in a shell. */
export async function run(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ran> {
  const { env, stdout = "show", stderr = "inherit", signal } = options;
  const piped = stdout !== "show";
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      env,
      signal,
      stdin: "inherit",
      stdout: piped ? "piped" : "inherit",
      stderr,
    });
    const child = command.spawn();
    const text = piped ? await drain(child.stdout, stdout === "both") : "";
    return { code: (await child.status).code, stdout: text };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { code: 127, stdout: "" };
    throw error;
  }
}

/** Runs this very Deno, which need not be on the PATH. */
export function runDeno(args: readonly string[], options?: ProgramOptions): Promise<Ran> {
  return run(Deno.execPath(), args, options);
}

/** All that a stream says, shown as it comes if asked. */
async function drain(stream: ReadableStream<Uint8Array>, show: boolean): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    if (show) await writeAll(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** One write may take only some of the bytes. */
async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
