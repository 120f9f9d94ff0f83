/** Environment variables that the graphics drivers of Linux read, with the values that suit Vitrail. */
const DRIVER_VARIABLES: Readonly<Record<string, string>> = {
  // Without a Vulkan driver Deno would fall back on OpenGL. The kernels are not tested on that, and the
  // reference is better.
  DENO_WEBGPU_BACKEND: "vulkan",
  // Mesa looks for a display server's socket in this folder, and complains twice on standard error where the
  // variable is not set. Vitrail needs no display, and /dev/null holds no socket.
  XDG_RUNTIME_DIR: "/dev/null",
};

/**
 * Prepares the environment for the graphics drivers of Linux: they print nothing, and only Vulkan's are used.
 * It must be called before the first adapter is looked for. It leaves alone what the user has set, and does
 * nothing without `--allow-env`.
 */
export function prepareGraphics(): void {
  if (Deno.build.os !== "linux") return;
  for (const [variable, value] of Object.entries(DRIVER_VARIABLES)) {
    const { state } = Deno.permissions.querySync({ name: "env", variable });
    if (state === "granted" && !Deno.env.get(variable)) Deno.env.set(variable, value);
  }
}
