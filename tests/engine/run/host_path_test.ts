import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { sharpDecoder } from "../../../src/codecs/decoders/sharp.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { runtime } from "../../../src/runtime/here.ts";
import { onDevice } from "../../support/executors.ts";

/** Puts a function in a method's place, and back once it is disposed of. */
function instead<T, K extends keyof T>(target: T, name: K, other: T[K]): Disposable {
  const before = target[name];
  target[name] = other;
  return { [Symbol.dispose]: () => void (target[name] = before) };
}

onDevice(
  "Engine.run reads a file once, frees its pixels, and waits for no timer and no map",
  async (device) => {
    const path = fileURLToPath(new URL("../../fixtures/tiled.jpg", import.meta.url));
    const recipe = customRecipe({ size: 64 }), never = new Promise<never>(() => {});
    await using engine = await Engine.open({ device });
    (await engine.run(recipe, [path])).dispose(); // its kernels are compiled
    const { readFile, readStart, mapBlocks } = runtime,
      { setTimeout } = globalThis,
      { decode } = sharpDecoder;
    const { mapAsync } = GPUBuffer.prototype, reads: string[] = [], pixels: ArrayBufferLike[] = [];
    let timers = 0, maps = 0;
    using _file = instead(runtime, "readFile", (own) => {
      reads.push(`${own}`);
      return readFile(own);
    });
    using _start = instead(runtime, "readStart", (own, length) => {
      reads.push(`${own}`);
      return readStart(own, length);
    });
    using _decode = instead(sharpDecoder, "decode", async (...asked) => {
      const decoded = await decode.apply(sharpDecoder, asked);
      pixels.push(decoded.data.buffer);
      return decoded;
    });
    using _timer = instead(
      globalThis,
      "setTimeout",
      ((...asked: Parameters<typeof setTimeout>) => {
        timers++;
        return setTimeout(...asked);
      }) as typeof setTimeout,
    );
    using _map = instead(GPUBuffer.prototype, "mapAsync", function (this: GPUBuffer, ...asked) {
      maps++;
      const mapped = mapAsync.apply(this, asked);
      mapped.catch(() => {});
      return mapBlocks ? never : mapped;
    });
    using batch = await engine.run(recipe, [path]);
    assert((await batch.pixelValues.bytes()).some((byte) => byte !== 0));
    assertEquals([reads, timers, pixels.length], [[path], 0, 1]);
    assert(maps > 0 && pixels.every((buffer) => buffer instanceof ArrayBuffer && buffer.detached));
  },
);
