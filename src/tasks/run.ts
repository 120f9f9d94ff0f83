/** The end of a child process. */
export interface Ended {
  /** The exit code. */
  readonly code: number;
  /** All that it printed, where that was kept; empty otherwise. */
  readonly stdout: string;
  /** All that it said beside that, where that was kept; empty otherwise. */
  readonly stderr: string;
}

/** Options of a child process. */
export interface ProgramOptions {
  /** The folder that it runs in; this one's by default. */
  readonly cwd?: string;
  /** Variables that are added to the environment. */
  readonly env?: Record<string, string>;
  /**
   * `show` (default) passes stdout on, `keep` returns it, `both` does both. A function is given each line of
   * the text that is returned, as it comes.
   */
  readonly stdout?: "show" | "keep" | "both" | ((line: string) => void);
  /** `inherit` (default) passes stderr on, `null` drops it, `both` passes it on and returns it. */
  readonly stderr?: "inherit" | "null" | "both";
  /** A signal that ends the child. */
  readonly signal?: AbortSignal;
}

/**
 * Starts `program` and waits for its end. A program that does not exist ends with code 127, as in a shell.
 */
export async function startProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ended> {
  const { cwd, env, stdout = "show", stderr = "inherit", signal } = options;
  const piped = stdout !== "show", kept = stderr === "both";
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      cwd,
      env,
      signal,
      stdin: "inherit",
      stdout: piped ? "piped" : "inherit",
      stderr: kept ? "piped" : stderr,
    });
    const child = command.spawn();
    const [text, said] = await Promise.all([
      piped ? drain(child.stdout, stdout, Deno.stdout) : "",
      kept ? drain(child.stderr, stderr, Deno.stderr) : "",
    ]);
    return { code: (await child.status).code, stdout: text, stderr: said };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { code: 127, stdout: "", stderr: "" };
    throw error;
  }
}

/** Starts this very Deno, which need not be on the PATH, and waits for its end. */
export function startDeno(args: readonly string[], options?: ProgramOptions): Promise<Ended> {
  return startProgram(Deno.execPath(), args, options);
}

/**
 * Reads a stream to its end and returns its text. It shows the text in `to`, or gives each line, where `as`
 * asks for that.
 */
async function drain(
  stream: ReadableStream<Uint8Array>,
  as: ProgramOptions["stdout"],
  to: typeof Deno.stdout | typeof Deno.stderr,
): Promise<string> {
  let text = "", lines = 0; // what was given of the text as lines ends there
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    if (as === "both") await writeAll(to, chunk);
    text += decoder.decode(chunk, { stream: true });
    if (typeof as !== "function") continue;
    for (let end = text.indexOf("\n", lines); end >= 0; end = text.indexOf("\n", lines)) {
      as(text.slice(lines, end));
      lines = end + 1;
    }
  }
  return text + decoder.decode();
}

/** Writes all bytes: one write may take only some. */
async function writeAll(to: typeof Deno.stdout | typeof Deno.stderr, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}
