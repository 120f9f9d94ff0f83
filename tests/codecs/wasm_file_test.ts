import { assert, assertEquals, assertRejects } from "@std/assert";
import { decode } from "../../src/codecs/decode.ts";
import type { Decoder } from "../../src/codecs/decoders/decoder.ts";
import { PNG_WASM } from "../../src/codecs/decoders/imagescript_wasm.ts";
import { WasmFile } from "../../src/codecs/decoders/wasm_file.ts";
import type { Format } from "../../src/codecs/headers/format.ts";
import { VitrailError } from "../../src/errors.ts";
import { runtime } from "../../src/runtime/here.ts";
import { NotLoaded } from "../../src/runtime/loaded.ts";
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

for (const [format, file, called] of [["webp", "turned-8.webp", "WebP"], ["jpeg", "turned-8.jpg", "JPEG"]]) {
  Deno.test(`WasmFile lets ${format}Decoder decode once it can be read`, async () => {
    using _failing = failingOnce();
    const fresh = `../../src/codecs/decoders/${format}.ts?fresh`;
    const decoder: Decoder = (await import(fresh))[`${format}Decoder`], bytes = await fixtureBytes(file);
    const decoded = () => decoder.decode(bytes, format as Format, { channels: 4, damaged: "refuse" });
    const error = await assertRejects(decoded, VitrailError);
    assertEquals(error.message, `the ${called} decoder cannot be loaded: a file cannot be read now`);
    assertEquals(error.code, "io");
    assertEquals((await decoded()).width, 40);
  });
}

Deno.test("decode blames no picture where its decoder cannot be loaded", async () => {
  const { module } = PNG_WASM;
  PNG_WASM.module = () => Promise.reject(new TypeError("error sending request"));
  try {
    const bytes = await fixtureBytes("grey-8bit.png"),
      options = { name: "a.png", decoders: "portable" } as const;
    const error = await assertRejects(() => decode(bytes, options), NotLoaded);
    assertEquals(error.message, "cannot read a.png: the PNG decoder cannot be loaded: error sending request");
    assertEquals(error.code, "io");
  } finally {
    PNG_WASM.module = module;
  }
});
