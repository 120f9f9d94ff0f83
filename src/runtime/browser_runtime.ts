/// <reference types="npm:@webgpu/types@0.1.74" />
import { messageOf, VitrailError } from "../errors.ts";
import type { Runtime, Thread, ThreadStart } from "./runtime.ts";

/** A page, or a Worker of a page. It has no files; this package's own lie beside its modules. */
export const BROWSER: Runtime = {
  name: "a browser",
  version: globalThis.navigator?.userAgent ?? "",
  mapBlocks: false,
  mustAnswer: !("WorkerGlobalScope" in globalThis),
  reservesFreely: "WorkerGlobalScope" in globalThis && !navigator.userAgent.includes("Windows"),
  gpuAdvice: "a browser that has it, on a page that was served by https or from localhost",
  gpu: () => Promise.resolve(globalThis.navigator?.gpu),
  turn: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel(); // a timer may take 4 ms
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    }),
  readFile: noFiles,
  readStart: noFiles,
  stat: noFiles,
  packageFileMissing: () => Promise.resolve(undefined),
  async wasmModule(url) {
    const response = await fetch(url);
    if (!response.ok) {
      throw new VitrailError("io", `${url} cannot be had: the server says ${response.status}`);
    }
    return await WebAssembly.compile(await response.arrayBuffer());
  },
  nativeMissing: () => Promise.resolve("a page runs no native code"),
  inflated: () => undefined, // a page's own streams do not give what they hold at once
  giveMemoryBack: () => Promise.resolve(),
  threadMissing: () => Promise.resolve(undefined),
  startThread,
  threadData() {
    if (!("WorkerGlobalScope" in globalThis) || globalThis.name !== THREAD) return undefined;
    return new Promise((resolve) =>
      globalThis.addEventListener("message", (event) => resolve((event as MessageEvent).data), { once: true })
    );
  },
};

/** The name of threads, by which one tells that it was started here, and not by a page that works in one. */
const THREAD = "vitrail";

function noFiles(path: string | URL): Promise<never> {
  return Promise.reject(
    new VitrailError("usage", `${path} is a path, and a page reads no files: give bytes, a Blob or a File`),
  );
}

/** Starts a thread as a Worker, whose first message is its data. */
function startThread({ module, data, ports, onEnd }: ThreadStart): Thread {
  const worker = new Worker(module, { type: "module", name: THREAD });
  worker.addEventListener("error", (event) => {
    event.preventDefault(); // it is told by `onEnd`
    onEnd(messageOf((event as ErrorEvent).message || `${module} cannot be read`));
  });
  worker.postMessage(data, ports);
  return { end: () => Promise.resolve(worker.terminate()) };
}
