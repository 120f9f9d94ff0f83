import { VitrailError } from "../../errors.ts";
import type { HostRows } from "../../plan/output_rows.ts";
import { SimdExecutor, type SimdRows } from "../../simd/simd_executor.ts";
import { hasSimd } from "../../simd/wasm_kernels.ts";
import type { Executor } from "../executor.ts";
import { spliceOnSimd } from "../splice/splice_simd.ts";

export { hasSimd };

/**
 * Returns the CPU as an executor, by WebAssembly.
 * @throws {VitrailError} `device` where the runtime has no WebAssembly SIMD.
 */
export function simdExecutor(): Executor {
  if (!hasSimd()) {
    throw new VitrailError("device", "this runtime has no WebAssembly SIMD; take the reference executor");
  }
  const simd = new SimdExecutor();
  return {
    name: "simd",
    description: "CPU, WebAssembly SIMD",
    channels: 3,
    limits: (memory) => ({ binding: Infinity, buffer: Infinity, memory }),
    run: (plan, images, pictures) => Promise.resolve(simd.run(plan, images, pictures)),
    rearrange: (elements, layout) => Promise.resolve(simd.rearrange(elements, layout)),
    splice: (work) => spliceOnSimd(work),
    read(rows, into) {
      for (const own of rows as (SimdRows | HostRows)[]) {
        if ("data" in own) into(own)!.set(own.data);
        else simd.read([own], (rows) => into(rows)!);
      }
      return Promise.resolve([]);
    },
    join: (rows) => Promise.resolve([...rows]),
    release(rows) {
      simd.release(rows.filter((own) => "canvases" in own) as SimdRows[]);
    },
    close() {},
  };
}
