/**
 * `deno task build:simd`: compiles the kernels of src/simd/kernels to WebAssembly, and writes them to
 * src/simd/kernels_base64.ts, from where they are read in any runtime and bundle. Users need no compiler.
 *
 * @module
 */

import { compiledKernels, kernelsModule } from "./simd_kernels.ts";

const bytes = await compiledKernels();
const path = new URL("../simd/kernels_base64.ts", import.meta.url);
await Deno.writeTextFile(path, kernelsModule(bytes));
console.log(`src/simd/kernels_base64.ts: ${bytes.length} bytes of WebAssembly`);
