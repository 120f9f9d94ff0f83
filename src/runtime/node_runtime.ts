/// <reference types="npm:@webgpu/types@0.1.74" />
import { open, readFile, stat } from "node:fs/promises";
import process from "node:process";
import { isMainThread, workerData } from "node:worker_threads";
import { messageOf, VitrailError } from "../errors.ts";
import { inflatedByNode } from "./node_inflate.ts";
import { startNodeThread, turnOfNode } from "./node_thread.ts";
import type { Runtime } from "./runtime.ts";

/** Node, whose WebGPU is the package `webgpu` (Dawn), where it is installed. */
export const NODE: Runtime = {
  name: "Node",
  version: process.versions.node,
  mapBlocks: false,
  mustAnswer: false,
  reservesFreely: process.platform !== "win32",
  gpuAdvice: "npm install webgpu",
  gpu() {
    return dawn ??= openDawn().catch((error) => {
      dawn = undefined;
      throw error;
    });
  },
  turn: turnOfNode,
  readFile: bytesOf,
  async readStart(path, length) {
    await using file = await open(path);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(bytes, filled, length - filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  },
  async stat(path) {
    const facts = await stat(path);
    return { isFile: facts.isFile(), isDirectory: facts.isDirectory(), size: facts.size };
  },
  packageFileMissing: () => Promise.resolve(undefined),
  wasmModule: async (url) => await WebAssembly.compile(await bytesOf(url)),
  nativeMissing: () => Promise.resolve(undefined),
  inflated: inflatedByNode,
  giveMemoryBack: () => Promise.resolve(),
  threadMissing: () => Promise.resolve(undefined),
  startThread: startNodeThread,
  threadData: () => isMainThread ? undefined : Promise.resolve(workerData),
};

async function bytesOf(path: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const { buffer, byteOffset, length } = await readFile(path);
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}

/** Dawn, opened once: each instance looks for the drivers anew. */
let dawn: Promise<GPU | undefined> | undefined;

/**
 * Opens Dawn, and defines the names of WebGPU that a program expects of its platform.
 * @throws {VitrailError} `device` where the package is installed and does not load.
 */
async function openDawn(): Promise<GPU | undefined> {
  if (globalThis.navigator?.gpu) return navigator.gpu;
  const name = "webgpu"; // a bundler need not find it
  try {
    const { create, globals } = await import(name);
    Object.assign(globalThis, globals);
    return create([]);
  } catch (error) {
    if (isMissing(error, name)) return undefined;
    const why = `the package ${name} is installed, and does not load: ${messageOf(error)}`;
    throw new VitrailError("device", why, { cause: error });
  }
}

/** Returns whether an import failed since there is no such package, not one that this imports. */
function isMissing(error: unknown, name: string): boolean {
  const { code } = error as { code?: string };
  return code === "ERR_MODULE_NOT_FOUND" && messageOf(error).includes(`package '${name}'`);
}
