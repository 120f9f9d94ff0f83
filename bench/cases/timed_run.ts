/** The time of a process, and the most memory that it had. */
export interface TimedRun {
  readonly seconds: number;
  /** The peak of its resident memory, MiB. */
  readonly peak: number;
}

const CLI = new URL("../../src/cli/main.ts", import.meta.url).pathname;

/** The settings of glibc that `deno task vitrail` has: few arenas, and large buffers outside of them. */
const MALLOC = { MALLOC_ARENA_MAX: "4", MALLOC_MMAP_THRESHOLD_: "131072" };

/** The flags that `deno task vitrail` has: a small young generation keeps memory, and costs no time. */
const FLAGS = [
  "--v8-flags=--max-semi-space-size=4",
  ...["--allow-read", "--allow-write", "--allow-env", "--allow-ffi", "--allow-sys"],
];

/**
 * Runs the command line in a process of its own.
 * @throws {TypeError} where it fails, with what it printed on standard error.
 */
export async function timedRun(args: readonly string[]): Promise<TimedRun> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...FLAGS, CLI, ...args],
    env: MALLOC,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let peak = 0, running = true;
  const watched = (async () => {
    while (running) {
      const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
      peak = Math.max(peak, Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const { success, stderr } = await child.output();
  running = false;
  await watched;
  if (!success) throw new TypeError(`vitrail ${args.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
  return { seconds: (performance.now() - start) / 1000, peak };
}
