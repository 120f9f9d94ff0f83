/**
 * Prints the description of the WebGPU adapter that Deno finds, or nothing. It is a program of its own
 * because a process looks for Vulkan drivers only once.
 *
 * @module
 */

const adapter = await navigator.gpu?.requestAdapter();
if (adapter) {
  console.log(adapter.info.description || adapter.info.device || adapter.info.vendor || "unnamed adapter");
}
