/** How a child process ended, and what it printed where that was kept. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
}

/** How a child process is run. */
export interface ProgramOptions {
  /** Added to the environment. */
  readonly env?: Record<string, string>;
  /** `show` passes stdout on, `keep` returns it, `both` does both; a function is called with each line of what is returned. */
  readonly stdout?: "show" | "keep" | "both" | ((line: string) => void);
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
    const text = piped ? await drain(child.stdout, stdout) : "";
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

/** Returns all that a stream says, and shows it as it comes, or gives it line by line, where that is asked for. */
async function drain(stream: ReadableStream<Uint8Array>, as: ProgramOptions["stdout"]): Promise<string> {
  let text = "", lines = 0; // what was given of the text as lines ends there
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    if (as === "both") await writeAll(chunk);
    text += decoder.decode(chunk, { stream: true });
    if (typeof as !== "function") continue;
    for (let end = text.indexOf("\n", lines); end >= 0; end = text.indexOf("\n", lines)) {
      as(text.slice(lines, end));
      lines = end + 1;
    }
  }
  return text + decoder.decode();
}

/** One write may take only some of the bytes. */
async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
