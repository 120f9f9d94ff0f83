import { assertEquals } from "@std/assert";
import { open } from "node:fs/promises";
import { NODE } from "../../src/runtime/node_runtime.ts";

Deno.test("NODE reads a file's start in as many reads as it takes", async () => {
  const path = await Deno.makeTempFile();
  const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);
  await Deno.writeFile(path, bytes);
  const file = await open(path), handle = Object.getPrototypeOf(file), { read } = handle;
  try {
    handle.read = function (buffer: Uint8Array, offset: number, length: number) {
      return read.call(this, buffer, offset, Math.min(length, 7));
    };
    assertEquals(await NODE.readStart(path, 60), bytes.slice(0, 60));
    assertEquals(await NODE.readStart(path, 200), bytes);
  } finally {
    handle.read = read;
    await file.close();
    await Deno.remove(path);
  }
});
