import { run, runDeno } from "./run.ts";

/** Mesa's software Vulkan and the loader that finds it, under Debian's names. */
const PACKAGES = ["mesa-vulkan-drivers", "libvulkan1"];

/** What {@linkcode ensureVulkan} found. */
export interface Vulkan {
  /** The adapter's description; absent where there is none. */
  readonly adapter?: string;
  /** What the environment of child processes needs besides, to find it and no other. */
  readonly env: Record<string, string>;
}

/**
 * Looks for a WebGPU adapter, in a child process. Where there is none it installs Mesa's software Vulkan as root on
 * Debian and its kin, and elsewhere says in one line how one gets it.
 */
export async function ensureVulkan(): Promise<Vulkan> {
  const env = { ...runtimeFolder(), ...vulkanOnly() };
  let adapter = await findAdapter(env);
  if (adapter === undefined && await install()) adapter = await findAdapter(env);
  if (adapter === undefined) console.error(`No WebGPU adapter. ${advice()}`);
  return { adapter, env };
}

/** The adapter that a new process finds; one that does not answer in a minute counts as none. */
async function findAdapter(env: Record<string, string>): Promise<string | undefined> {
  const probe = new URL("./adapter.ts", import.meta.url).pathname;
  const { code, stdout } = await runDeno(["run", "--no-lock", "--quiet", probe], {
    env: { ...env, NO_COLOR: "1" },
    stdout: "keep",
    stderr: "null",
    signal: AbortSignal.timeout(60_000),
  });
  return code === 0 && stdout.trim() !== "" ? stdout.trim() : undefined;
}

/** Mesa wants a private folder named by XDG_RUNTIME_DIR; where a session has set none, it gets one for this run. */
function runtimeFolder(): Record<string, string> {
  if (Deno.env.get("XDG_RUNTIME_DIR") || Deno.build.os !== "linux") return {};
  const folder = Deno.makeTempDirSync({ prefix: "vitrail-runtime-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  return { XDG_RUNTIME_DIR: folder };
}

/** Without a Vulkan driver wgpu may fall back on OpenGL, which the kernels are not tested on: better none than that. */
function vulkanOnly(): Record<string, string> {
  if (Deno.env.get("DENO_WEBGPU_BACKEND") || Deno.build.os !== "linux") return {};
  return { DENO_WEBGPU_BACKEND: "vulkan" };
}

/** Installs Mesa's drivers where that needs no password; whether it did. */
async function install(): Promise<boolean> {
  if (!await isDebian() || Deno.uid() !== 0) return false;
  console.log(`No Vulkan driver: installing ${PACKAGES.join(" and ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const update = await run("apt-get", ["update", "-qq"], { env });
  if (update.code !== 0) console.error(`apt-get update ended with code ${update.code}`);
  const { code } = await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...PACKAGES], {
    env,
    stdout: "keep",
  });
  if (code !== 0) console.error(`apt-get install ended with code ${code}`);
  return code === 0;
}

/** Whether this system installs with apt. */
async function isDebian(): Promise<boolean> {
  return await Deno.stat("/etc/debian_version").then(() => true, () => false);
}

/** How one gets an adapter by hand. */
function advice(): string {
  if (Deno.build.os !== "linux") return "This Deno finds no GPU that it can use.";
  return `On Debian or Ubuntu: sudo apt-get install ${PACKAGES.join(" ")}`;
}
