/** What stands in the way of running Python with numpy, if anything. */
async function obstacle(): Promise<string | undefined> {
  try {
    const { success } = await new Deno.Command("python3", { args: ["-c", "import numpy"], stderr: "null" })
      .output();
    return success ? undefined : "python3 has no numpy";
  } catch {
    return "there is no python3";
  }
}

const reason = await obstacle();

/** Registers a test that runs Python with numpy; where there is none it is ignored, and its name says why. */
export function withPython(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: name + (reason === undefined ? "" : ` (ignored: ${reason})`),
    ignore: reason !== undefined,
    fn,
  });
}

/** Runs a Python program with arguments and returns what it printed. */
export async function python(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("python3", { args: ["-c", program, ...args] })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
