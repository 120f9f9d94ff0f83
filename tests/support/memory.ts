import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** MiB of pixels and other buffers that something still holds, after the garbage is collected. */
export function heldMiB(): number {
  collect();
  return Deno.memoryUsage().external / 2 ** 20;
}

/** MiB of the process in main memory, after the garbage is collected. */
export function residentMiB(): number {
  collect();
  return Deno.memoryUsage().rss / 2 ** 20;
}
