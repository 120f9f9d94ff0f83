import { type ProgramOptions, runDeno } from "./run.ts";
import { FAILURE, type Tally, tallyOf } from "./tally.ts";
import { ensureVulkan } from "./vulkan.ts";

/**
 * Permissions of the tests: to read, write and run programs; native codecs need ffi and sys. Nothing needs
 * the network.
 */
export const PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-ffi",
  "--allow-run",
  "--allow-sys",
];

/**
 * Flags of `deno test` for the tests: `deno check` has their types, and two files at a time leave no core
 * idle.
 */
export const QUICK = ["--no-check", "--parallel"];

/** Said to be set by those who know that they have no GPU. */
const NO_GPU = "VITRAIL_NO_GPU";

/** The adapter that tests need, unless its absence is accepted, and their environment. */
export interface Ground {
  readonly ready: boolean;
  /** The adapter's description; absent where there is none, or none is wanted. */
  readonly adapter?: string;
  readonly env: Record<string, string>;
}

/** Prepares what the tests stand on: an adapter, unless `VITRAIL_NO_GPU=1` says that there is to be none. */
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

/** Runs `deno test` with `args` and counts; without ground to stand on that is one failure. */
export async function runTests(
  ground: Ground,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Tally> {
  if (!ground.ready) return FAILURE;
  const { code, stdout } = await runDeno(["test", ...PERMISSIONS, ...args], {
    stdout: "both",
    ...options,
    env: { ...ground.env, ...options.env },
  });
  return tallyOf(stdout, code);
}
