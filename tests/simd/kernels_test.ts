import { assertEquals } from "@std/assert";
import { kernelBytes } from "../../src/simd/wasm_kernels.ts";
import { compiledKernels } from "../../src/tasks/simd_kernels.ts";

Deno.test("kernels: compiled anew they are the bytes that are committed", async () => {
  assertEquals(kernelBytes(), new Uint8Array(await compiledKernels()), "run deno task build:simd");
});

Deno.test("kernels: nothing is imported, so that they run in any runtime", () => {
  const module = new WebAssembly.Module(kernelBytes());
  assertEquals(WebAssembly.Module.imports(module), []);
});
