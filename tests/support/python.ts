/** Pythons to try: Debian's, whose packages come from the system, and the first on the path. */
const PYTHONS = ["/usr/bin/python3", "python3"];

/** Returns whether there is such a Python, and it has these modules. */
async function has(python: string, modules: readonly string[]): Promise<boolean> {
  try {
    const args = ["-c", `import ${modules.join(", ")}`];
    return (await new Deno.Command(python, { args, stderr: "null" }).output()).success;
  } catch {
    return false; // there is none of that name
  }
}

/** The first Python that has numpy. */
async function find(): Promise<string | undefined> {
  for (const python of PYTHONS) if (await has(python, ["numpy"])) return python;
}

const found = await find();

/** Returns whether the Python that tests run has these modules, too. */
export async function pythonHas(...modules: string[]): Promise<boolean> {
  return found !== undefined && await has(found, modules);
}

/**
 * Registers a test that runs Python with numpy; where there is none, or where it lacks `modules`, it is
 * ignored, and its name says so.
 */
export async function withPython(name: string, fn: () => Promise<void>, ...modules: string[]): Promise<void> {
  const ignore = !await pythonHas("numpy", ...modules);
  const needed = ["numpy", ...modules].join(" and ");
  Deno.test({ name: name + (ignore ? ` (ignored: there is no python3 with ${needed})` : ""), ignore, fn });
}

/** Runs a Python program with arguments and returns what it printed. */
export async function python(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(found!, { args: ["-c", program, ...args] })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
