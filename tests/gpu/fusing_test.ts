import { assertEquals } from "@std/assert";
import { GpuExecutor } from "../../src/gpu/gpu_executor.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { onDevice } from "../support/executors.ts";
import { picture } from "../support/gpu/one_canvas.ts";
import { watchKernels } from "../support/gpu/watch_kernels.ts";

onDevice("recordFusing is run once on a device, before the first plan that sums floats", async (device) => {
  const executor = new GpuExecutor(device, 2 ** 28), used = watchKernels(executor), source = picture(9, 7);
  const run = async (resampler: "pillow" | "torch-cuda") => {
    used.clear();
    const plan = planSample(customRecipe({ size: 8, resampler }), [source]);
    executor.release(await executor.run(plan, { from: 0, to: 1 }, new Map([[0, source]]), "device"));
    return [used.has("fusing"), typeof executor.context.fuses];
  };
  assertEquals(await run("pillow"), [false, "undefined"]);
  assertEquals(await run("torch-cuda"), [true, "boolean"]);
  assertEquals(await run("torch-cuda"), [false, "boolean"]);
  executor.close();
});
