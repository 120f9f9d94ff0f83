import type { GpuExecutor } from "../../../src/gpu/gpu_executor.ts";

/**
 * Returns the names of the kernels that an executor dispatches from now on, each once, in the order of their
 * first dispatch.
 */
export function watchKernels({ context: { kernels } }: GpuExecutor): Set<string> {
  const used = new Set<string>(), pipeline = kernels.pipeline.bind(kernels);
  kernels.pipeline = (name, constants) => {
    used.add(name);
    return pipeline(name, constants);
  };
  return used;
}
