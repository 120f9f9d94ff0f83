import { assert, assertEquals } from "@std/assert";
import { FusingParams } from "../../src/gpu/fusing.ts";
import { GpuExecutor } from "../../src/gpu/gpu_executor.ts";
import { fused } from "../../src/plan/tables/fused.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { onDevice } from "../support/executors.ts";
import { dispatched } from "../support/gpu/dispatch.ts";
import { picture } from "../support/gpu/one_canvas.ts";
import { watchKernels } from "../support/gpu/watch_kernels.ts";

const COUNT = 30_000;

const { fround } = Math;

/** Returns a function that draws numbers from 0 to 1, the same ones each time. */
function drawing(state: number): () => number {
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * Returns triples of two factors and a summand: numbers of all sizes, zeros, summands that take away nearly
 * all of the product or all of it, and sums that lie in the middle between two f32, or beside it.
 */
function triples(): Float32Array {
  const next = drawing(7), terms = new Float32Array(COUNT * 3);
  const number = () => fround((next() - 0.5) * 2 ** Math.floor(next() * 40 - 20));
  for (let i = 0; i < COUNT; i++) {
    const a = next() < 0.02 ? 0 : number(), b = next() < 0.02 ? -0 : number();
    const near = fround(-a * b * (1 + Math.floor(next() * 5 - 2) * 2 ** -23));
    const half = fround(a * b * 2 ** Math.floor(next() * 30)) * (1 + Math.floor(next() * 2) * 2 ** -23);
    terms.set([a, b, [near, half, number(), next() < 0.5 ? 0 : -a * b][i % 4]], i * 3);
  }
  return terms;
}

for (
  const [fuses, how] of [[0, "by whole numbers"], [1, "by the device's fma, where that rounds once"]] as const
) {
  onDevice(`fused.wgsl rounds a product and a sum once, ${how}`, async (device) => {
    const terms = triples();
    const made = await dispatched(device, {
      kernel: "fusing",
      constants: { FUSES: fuses },
      uniform: FusingParams.bytes({ count: COUNT }),
      groups: [Math.ceil(COUNT / 64), 1, 1],
      inputs: [terms],
      words: COUNT,
    });
    const sums = new Float32Array(made.buffer),
      [rounded, once] = [new Float32Array(COUNT), new Float32Array(COUNT)];
    for (let i = 0; i < COUNT; i++) {
      const [a, b, c] = terms.subarray(i * 3, i * 3 + 3);
      once[i] = fused(a, b, c) + 0; // no sign of a zero
      rounded[i] = fround(fround(a * b) + c) + 0;
      sums[i] += 0;
    }
    const differs = rounded.filter((sum, i) => sum !== once[i]).length;
    assert(differs > COUNT / 4, `${differs} tell a fused sum from another`);
    const fma = fuses === 1 && sums.some((sum, i) => sum !== once[i]) ? rounded : once;
    assertEquals(sums, fma);
  });
}

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
