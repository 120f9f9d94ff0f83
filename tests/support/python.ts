/** Pythons to try: Debian's, whose packages come from the system, and the first on the path. */
const PYTHONS = ["/usr/bin/python3", "python3"];

/** The first Python that has numpy. */
async function find(): Promise<string | undefined> {
  for (const python of PYTHONS) {
    try {
      const { success } = await new Deno.Command(python, { args: ["-c", "import numpy"], stderr: "null" })
        .output();
      if (success) return python;
    } catch {
      // there is none of that name
    }
  }
}

const found = await find();

/** Registers a test that runs Python with numpy; where there is none it is ignored, and its name says so. */
export function withPython(name: string, fn: () => Promise<void>): void {
  const ignore = found === undefined;
  Deno.test({ name: name + (ignore ? " (ignored: there is no python3 with numpy)" : ""), ignore, fn });
}

/** Runs a Python program with arguments and returns what it printed. */
export async function python(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(found!, { args: ["-c", program, ...args] })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
