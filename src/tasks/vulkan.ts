import { installPackages } from "./debian.ts";
import { startDeno } from "./run.ts";

/** The packages of Mesa's software Vulkan and of the loader that finds it, by Debian's names. */
const PACKAGES = ["mesa-vulkan-drivers", "libvulkan1"];

/** The adapter that {@linkcode ensureVulkan} found. */
export interface Vulkan {
  /** The adapter's description; absent where there is none. */
  readonly adapter?: string;
  /** Variables by which child processes find this adapter and no other. */
  readonly env: Record<string, string>;
}

/**
 * Looks for a WebGPU adapter in a child process. Where there is none, it installs Mesa's software Vulkan if
 * this process is root on Debian or a system derived from it. Where that is not so or does not help, it
 * prints one line that says how to get an adapter.
 */
export async function ensureVulkan(): Promise<Vulkan> {
  const env = { ...runtimeFolder(), ...vulkanOnly() };
  let adapter = await findAdapter(env);
  if (adapter === undefined && await installPackages(PACKAGES, "No Vulkan driver")) {
    adapter = await findAdapter(env);
  }
  if (adapter === undefined) console.error(`No WebGPU adapter. ${advice()}`);
  return { adapter, env };
}

/**
 * Returns the adapter that a new process finds. A driver that does not answer within a minute counts as none.
 */
async function findAdapter(env: Record<string, string>): Promise<string | undefined> {
  const probe = new URL("./adapter.ts", import.meta.url).pathname;
  const { code, stdout } = await startDeno(["run", "--no-lock", "--quiet", probe], {
    env: { ...env, NO_COLOR: "1" },
    stdout: "keep",
    stderr: "null",
    signal: AbortSignal.timeout(60_000),
  });
  return code === 0 && stdout.trim() !== "" ? stdout.trim() : undefined;
}

/**
 * Returns XDG_RUNTIME_DIR with a new folder where the user has not set it: Mesa wants it to name a private
 * folder. The folder is removed when this process ends.
 */
function runtimeFolder(): Record<string, string> {
  if (Deno.env.get("XDG_RUNTIME_DIR") || Deno.build.os !== "linux") return {};
  const folder = Deno.makeTempDirSync({ prefix: "vitrail-runtime-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  return { XDG_RUNTIME_DIR: folder };
}

/**
 * Returns the variable that keeps Deno to Vulkan on Linux. Without a Vulkan driver it might fall back on
 * OpenGL. The kernels are not tested on that, and no adapter is better.
 */
function vulkanOnly(): Record<string, string> {
  if (Deno.env.get("DENO_WEBGPU_BACKEND") || Deno.build.os !== "linux") return {};
  return { DENO_WEBGPU_BACKEND: "vulkan" };
}

/** A sentence that says how to get an adapter by hand. */
function advice(): string {
  if (Deno.build.os !== "linux") return "This Deno finds no GPU that it can use.";
  return `On Debian or Ubuntu: sudo apt-get install ${PACKAGES.join(" ")}`;
}
