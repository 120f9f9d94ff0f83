/** What is set, where nothing is, for the graphics drivers of Linux; each with its reason. */
const SETTINGS: Readonly<Record<string, string>> = {
  // Without a Vulkan driver Deno would fall back on OpenGL, on which the kernels are not tested: better the reference.
  DENO_WEBGPU_BACKEND: "vulkan",
  // Mesa looks for a display server's socket in this folder, and complains twice on standard error where it is not set.
  // Nothing of ours wants a display, and no socket lies here.
  XDG_RUNTIME_DIR: "/dev/null",
};

/**
 * Has the graphics drivers of Linux work quietly, and Vulkan's alone; to be called before the first adapter is looked for. It sets
 * what the user has not set, and only with `--allow-env`.
 */
export function prepareGraphics(): void {
  if (Deno.build.os !== "linux") return;
  for (const [variable, value] of Object.entries(SETTINGS)) {
    const { state } = Deno.permissions.querySync({ name: "env", variable });
    if (state === "granted" && !Deno.env.get(variable)) Deno.env.set(variable, value);
  }
}
