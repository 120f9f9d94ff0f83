/// <reference types="npm:@webgpu/types@0.1.74" />
import { fileURLToPath } from "node:url";
import { isMainThread, workerData } from "node:worker_threads";
import { inflatedByNode } from "./node_inflate.ts";
import { startNodeThread, turnOfNode } from "./node_thread.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Releases whose `mapAsync` blocks until the GPU has done all that was submitted, and settles a polling
 * interval of 10 ms later (ext/webgpu/buffer.rs). On a release that is not named here it is awaited.
 */
const MAP_BLOCKS = ["2.9.6"];

/** The folder of this package's own modules. */
const HOUSE = new URL("../", import.meta.url);

/** Deno: nothing is done for which a permission is missing, and none is asked for. */
export const DENO: Runtime = {
  name: "Deno",
  version: Deno.version.deno,
  mapBlocks: MAP_BLOCKS.includes(Deno.version.deno),
  mustAnswer: false,
  reservesFreely: Deno.build.os !== "windows",
  gpuAdvice: "take Deno 2.9, which has it",
  gpu: () => Promise.resolve(globalThis.navigator?.gpu),
  turn: turnOfNode,
  readFile: (path) => Deno.readFile(path),
  async readStart(path, length) {
    using file = await Deno.open(path);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = await file.read(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  },
  stat: (path) => Deno.stat(path),
  async packageFileMissing(url) {
    const granted = await isGranted({ name: "read", path: url });
    return granted ? undefined : "it needs --allow-read for its .wasm file";
  },
  wasmModule: async (url) => await WebAssembly.compile(await Deno.readFile(url)),
  async nativeMissing() {
    const names = ["ffi", "env"] as const;
    const granted = await Promise.all(names.map((name) => isGranted({ name })));
    const flags = names.filter((_, index) => !granted[index]).map((name) => `--allow-${name}`);
    return flags.length > 0 ? `it needs ${flags.join(" and ")}` : undefined;
  },
  inflated: inflatedByNode,
  async giveMemoryBack() {
    try {
      (await garbageCollector())?.();
      await trimMalloc();
    } catch {
      return; // the memory comes back later, by itself
    }
  },
  async threadMissing(module) {
    if (module.protocol !== "file:") return undefined; // it is fetched as this module was
    const path = fileURLToPath(module), house = fileURLToPath(HOUSE);
    if (!await isGranted({ name: "read", path: house })) return `lanes need --allow-read of ${house}`;
    try {
      await Deno.stat(path);
    } catch {
      return `lanes need their module, and there is no ${path}`;
    }
  },
  startThread: startNodeThread,
  threadData: () => isMainThread ? undefined : Promise.resolve(workerData),
};

/** The result of {@linkcode garbageCollector}, once there was one. */
let collector: (() => void) | undefined;

/**
 * Returns what has V8 collect the garbage of this thread. Beside a ballast V8 does so seldom: it waits until
 * a tenth of all memory is garbage. A context has `gc` where it is made under a flag, which is the process's:
 * another thread may take it away in between, and then there is none this time.
 */
async function garbageCollector(): Promise<(() => void) | undefined> {
  const given = (globalThis as { gc?: () => void }).gc; // under a flag of the user's, which must stay
  if (given ?? collector) return given ?? collector;
  const [v8, vm] = await Promise.all([import("node:v8"), import("node:vm")]);
  v8.setFlagsFromString("--expose-gc");
  try {
    return collector = vm.runInNewContext("globalThis.gc");
  } finally {
    v8.setFlagsFromString("--no-expose-gc");
  }
}

/**
 * Has glibc give back the pages of its arenas in which nothing is allocated. It does so by itself at an
 * arena's end alone, and an arena in which buffers of all sizes come and go grows for minutes.
 */
async function trimMalloc(): Promise<void> {
  if (Deno.build.os !== "linux" || !await isGranted({ name: "ffi" })) return;
  let libc;
  try {
    libc = Deno.dlopen("libc.so.6", {
      malloc_trim: { parameters: ["usize"], result: "i32", nonblocking: true },
    });
  } catch {
    return; // it is no glibc
  }
  try {
    await libc.symbols.malloc_trim(0n);
  } finally {
    libc.close();
  }
}

/** Tells if a permission is granted in full. */
async function isGranted(descriptor: Deno.PermissionDescriptor): Promise<boolean> {
  const { state, partial } = await Deno.permissions.query(descriptor);
  return state === "granted" && !partial;
}
