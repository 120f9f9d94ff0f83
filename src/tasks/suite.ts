import { type ProgramOptions, startDeno } from "./run.ts";
import { FAILURE, type Tally, tallyOf } from "./tally.ts";
import { ensureVulkan } from "./vulkan.ts";

/**
 * The permissions of the tests: they read, write and start programs, and native decoders need ffi and sys.
 */
export const PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-ffi",
  "--allow-run",
  "--allow-sys",
];

/** The network that tests need is this machine's: the hub that they start. */
const LOCAL_NETWORK = "--allow-net=127.0.0.1,localhost";

/**
 * The flags of `deno test` for the tests. `deno check` has their types, and {@linkcode FILES_AT_ONCE} leave
 * no core of a small machine idle.
 */
export const QUICK = ["--no-check", "--parallel"];

/**
 * The files that are tested at once, unless the user has set `DENO_JOBS`. Deno would take one for each core,
 * and each has a device and its buffers.
 */
const FILES_AT_ONCE = "2";

/** The variable that those set who know that they have no GPU. */
export const NO_GPU = "VITRAIL_NO_GPU";

/** The ground that tests stand on: an adapter, and the environment in which they find it. */
export interface Ground {
  /** True where there is an adapter, or none is wanted. */
  readonly ready: boolean;
  /** The adapter's description; absent where there is none, or none is wanted. */
  readonly adapter?: string;
  /** Variables that the tests' environment needs besides. */
  readonly env: Record<string, string>;
}

/** Prepares the ground: an adapter, unless `VITRAIL_NO_GPU=1` says that there is to be none. */
export async function prepareGround(): Promise<Ground> {
  if (Deno.env.get(NO_GPU) === "1") {
    console.log(`${NO_GPU}=1: tests that need a GPU are skipped`);
    return { ready: true, env: {} };
  }
  const { adapter, env } = await ensureVulkan();
  if (adapter !== undefined) console.log(`WebGPU adapter: ${adapter}`);
  else console.error(`Or set ${NO_GPU}=1 to skip the tests that need one.`);
  return { ready: adapter !== undefined, adapter, env };
}

/** Tests that were run: their counts, and all that they printed. */
export interface TestRun extends Tally {
  readonly output: string;
}

/** Starts `deno test` with `args`, and counts its tests. Without ground to stand on that is one failure. */
export async function runTests(
  ground: Ground,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<TestRun> {
  if (!ground.ready) return { ...FAILURE, output: "" };
  const { code, stdout, stderr } = await startDeno(["test", ...PERMISSIONS, LOCAL_NETWORK, ...args], {
    stdout: "both",
    stderr: "both",
    ...options,
    env: { DENO_JOBS: Deno.env.get("DENO_JOBS") || FILES_AT_ONCE, ...ground.env, ...options.env },
  });
  return { ...tallyOf(stdout, code), output: `${stdout}\n${stderr}` };
}
