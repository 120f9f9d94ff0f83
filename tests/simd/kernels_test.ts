import { assertEquals } from "@std/assert";
import { kernelBytes } from "../../src/simd/wasm_kernels.ts";
import { compiledKernels } from "../../src/tasks/simd_kernels.ts";

Deno.test("kernelBytes are those that compiling anew gives", async () => {
  assertEquals(kernelBytes(), new Uint8Array(await compiledKernels()), "run deno task build:simd");
});

Deno.test("kernelBytes import nothing, so that the kernels run in any runtime", () => {
  const module = new WebAssembly.Module(kernelBytes());
  assertEquals(WebAssembly.Module.imports(module), []);
});
