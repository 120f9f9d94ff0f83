/** The cores that this process may run on, as `taskset` takes them. */
export interface AllowedCores {
  all: string;
  first: string;
}

/** Returns the cores that this process may run on; undefined where `taskset` cannot hold it to some. */
export async function coresAllowed(): Promise<AllowedCores | undefined> {
  try {
    const status = await Deno.readTextFile("/proc/self/status");
    const all = /Cpus_allowed_list:\s*(\S+)/.exec(status)![1];
    await holdTo(all);
    return { all, first: /^\d+/.exec(all)![0] };
  } catch {
    return undefined; // no Linux, or no taskset
  }
}

/**
 * Holds all threads of this process, and those that they start, to some cores.
 * @throws {TypeError} where `taskset` fails.
 */
export async function holdTo(cores: string): Promise<void> {
  const args = ["--all-tasks", "--cpu-list", "--pid", cores, String(Deno.pid)];
  const { success, stderr } = await new Deno.Command("taskset", { args, stdout: "null" }).output();
  if (!success) throw new TypeError(`taskset ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
