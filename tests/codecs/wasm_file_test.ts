import { assert, assertEquals, assertRejects } from "@std/assert";
import { WasmFile } from "../../src/codecs/decoders/wasm_file.ts";
import { runtime } from "../../src/runtime/here.ts";
import { fixtureBytes } from "../support/pictures/fixtures.ts";

/** Has the first file of WebAssembly fail to be read, and counts the reads. */
function failingOnce() {
  const { wasmModule } = runtime, count = { reads: 0 };
  runtime.wasmModule = async (url) => {
    if (count.reads++ === 0) throw new RangeError("a file cannot be read now");
    return await wasmModule(url);
  };
  return { count, [Symbol.dispose]: () => void (runtime.wasmModule = wasmModule) };
}

Deno.test("WasmFile is read again where that failed, and once where not", async () => {
  using failing = failingOnce();
  const file = new WasmFile(import.meta.resolve("npm:@jsquash/webp@1.5.0/codec/dec/webp_dec.wasm"));
  await assertRejects(() => file.module(), RangeError);
  assert(await file.module() === await file.module());
  assertEquals(failing.count.reads, 2);
});

Deno.test("webpDecoder decodes once its file can be read", async () => {
  using _failing = failingOnce();
  const fresh = "../../src/codecs/decoders/webp.ts?fresh", { webpDecoder } = await import(fresh);
  const bytes = await fixtureBytes("turned-8.webp"), options = { damaged: "refuse" };
  await assertRejects(() => webpDecoder.decode(bytes, "webp", options), RangeError);
  assertEquals((await webpDecoder.decode(bytes, "webp", options)).width, 40);
});
