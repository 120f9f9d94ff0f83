import { setImmediate } from "node:timers/promises";
import { type MessagePort as NodePort, Worker } from "node:worker_threads";
import { messageOf } from "../errors.ts";
import type { Thread, ThreadStart } from "./runtime.ts";

/**
 * Starts a thread as a Worker of Node's, in Deno too: a Worker of the platform would not let the process end.
 */
export function startNodeThread({ module, data, ports, onEnd }: ThreadStart): Thread {
  const worker = new Worker(asNodeTakesIt(module), {
    workerData: data,
    transferList: ports as unknown as NodePort[],
  });
  worker.unref();
  worker.on("error", (error: unknown) => onEnd(messageOf(error)));
  worker.on("exit", () => onEnd("its Worker ended"));
  return { end: () => worker.terminate() };
}

/** Returns the module as Node's Workers take it: of a file as it is, of another URL by way of an import. */
function asNodeTakesIt(module: URL): URL {
  if (module.protocol === "file:") return module;
  return new URL(`data:text/javascript,${encodeURIComponent(`import ${JSON.stringify(module.href)};`)}`);
}

/** Gives all that waits a turn; a timer would take 2 ms. */
export async function turnOfNode(): Promise<void> {
  await setImmediate();
}
