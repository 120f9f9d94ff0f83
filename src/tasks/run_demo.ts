/**
 * `deno task demo [FILES…]`: installs a Vulkan driver where there is none and that is possible, then starts
 * the demo. The demo does without a driver if it must.
 *
 * @module
 */

import { startDeno } from "./run.ts";
import { PERMISSIONS } from "./suite.ts";
import { ensureVulkan } from "./vulkan.ts";

const { env } = await ensureVulkan();
const demo = new URL("../cli/commands/demo.ts", import.meta.url).pathname;
const { code } = await startDeno(["run", "--quiet", ...PERMISSIONS, "--allow-net", demo, ...Deno.args], {
  env,
});
Deno.exit(code);
