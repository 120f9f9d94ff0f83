/// <reference types="npm:@webgpu/types@0.1.74" />
import { open, readFile, stat } from "node:fs/promises";
import { isMainThread, workerData } from "node:worker_threads";
import { startNodeThread, turnOfNode } from "./node_thread.ts";
import type { Runtime } from "./runtime.ts";

/** Node, whose WebGPU is the package `webgpu` (Dawn), where it is installed. */
export const NODE: Runtime = {
  name: "Node",
  mapBlocks: false,
  mustAnswer: false,
  gpuAdvice: "npm install webgpu",
  gpu: () => dawn ??= openDawn(),
  turn: turnOfNode,
  readFile: bytesOf,
  async readStart(path, length) {
    await using file = await open(path);
    const { bytesRead, buffer } = await file.read({ buffer: new Uint8Array(length) });
    return buffer.subarray(0, bytesRead);
  },
  async stat(path) {
    const facts = await stat(path);
    return { isFile: facts.isFile(), isDirectory: facts.isDirectory(), size: facts.size };
  },
  packageFileMissing: () => Promise.resolve(undefined),
  wasmModule: async (url) => await WebAssembly.compile(await bytesOf(url)),
  nativeMissing: () => Promise.resolve(undefined),
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

/** Opens Dawn, and defines the names of WebGPU that a program expects of its platform. */
async function openDawn(): Promise<GPU | undefined> {
  if (globalThis.navigator?.gpu) return navigator.gpu;
  const name = "webgpu"; // a bundler need not find it
  const { create, globals } = await import(name).catch(() => ({}));
  if (create === undefined) return undefined;
  Object.assign(globalThis, globals);
  return create([]);
}
