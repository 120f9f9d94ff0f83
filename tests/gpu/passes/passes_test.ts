import { assert, assertEquals, assertRejects } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { GpuExecutor } from "../../../src/gpu/gpu_executor.ts";
import { onDevice } from "../../support/executors.ts";
import {
  assertSame,
  CHW,
  compared,
  DTYPES,
  HWC,
  onExecutor,
  picture,
  planOf,
  resampled,
  whole,
} from "../../support/gpu/one_canvas.ts";
import { TORCH_SHARE } from "../../tolerance.ts";

onExecutor("horizontal.wgsl makes columns and rows on both sides of a workgroup's", async (executor) => {
  for (const width of [1, 3, 4, 5, 255, 256, 257, 513]) { // 64 lanes, 4 columns an invocation
    for (const height of [1, 3, 4, 5, 8, 9]) { // 4 rows an invocation; the vertical pass copies
      const source = picture(37, height);
      const plan = planOf(source, resampled(source, { width, height }), CHW);
      await assertSame(executor, plan, source, `${width}x${height}`);
    }
  }
});

onExecutor("horizontal.wgsl makes floats of as many columns as a texture has texels", async (executor) => {
  const source = picture(37, 2), width = executor.context.device.limits.maxTextureDimension2D;
  const [placement] = resampled(source, { width, height: 2 }).placements;
  const view = { canvas: { width: width + 2, height: 2 }, fill: [9, 99, 199] as const, marks: [] };
  const placements = [{
    ...placement,
    offset: { x: 1, y: 0 },
    filter: "bilinear" as const,
    cut: whole(source),
    resampler: "torch" as const,
  }];
  const found = await compared(executor, planOf(source, { ...view, placements }, CHW), source);
  assert(
    found.elements === 6 * (width + 2) && found.inexact <= found.elements * TORCH_SHARE,
    `${found.inexact}`,
  );
  assertEquals(found.mismatches, 0);
});

onExecutor("vertical.wgsl makes columns on both sides of a workgroup's", async (executor) => {
  for (const width of [1, 63, 64, 65, 255, 256, 257, 513]) { // 64 lanes, 4 columns an invocation
    for (const height of [1, 2, 40]) { // from 40 taps and more down to one
      const source = picture(width, 40);
      const plan = planOf(source, resampled(source, { width, height }), HWC);
      await assertSame(executor, plan, source, `${width}x${height}`);
    }
  }
});

onExecutor(
  "words of any elements, and vectors of them, where one picture is drawn upon another",
  async (executor) => {
    const used = new Set<string>(), { pipeline } = executor.context.kernels;
    executor.context.kernels.pipeline = (name, constants) => {
      used.add(name);
      return pipeline.call(executor.context.kernels, name, constants);
    };
    const fours = ["verticalBy4", "verticalBy2", "verticalBy2", "verticalBy1"]; // of DTYPES in their order
    const twos = ["verticalBy2", "verticalBy1", "verticalBy1", "verticalBy2 pack"];
    const none = ["verticalBy1", "verticalBy1 pack", "verticalBy1 pack", "verticalBy1 pack"];
    const cases = [
      { width: 24, pattern: CHW, kernels: fours },
      { width: 26, pattern: CHW, kernels: twos }, // every other row begins amid four
      { width: 25, pattern: CHW, kernels: none },
      { width: 24, pattern: HWC, kernels: none }, // a pixel's three lie side by side
      { width: 24, pattern: "c h w -> 1 w c h", kernels: none }, // rows do
      { width: 24, pattern: "c h (w q) -> w c h q", q: 4, kernels: fours },
      { width: 24, pattern: "c h (w q) -> w c h q", q: 6, kernels: twos },
    ];
    for (const order of ["horizontal-first", "vertical-first"] as const) {
      for (const { width, pattern, kernels, q } of cases) {
        for (const [index, dtype] of DTYPES.entries()) {
          used.clear();
          const source = picture(31, 17), canvas = { width, height: 12 };
          const common = { source: { picture: 0 }, crop: whole(source), filter: "bicubic" as const, order };
          const placements = [
            { ...common, content: { width: 9, height: 7 }, offset: { x: 3, y: 1 } },
            { ...common, content: { width: 6, height: 4 }, offset: { x: 7, y: 5 } },
          ];
          const marks = [{ box: { left: 9, top: 3, right: 10, bottom: 8 }, color: [200, 100, 0] as const }];
          const view = { canvas, fill: [9, 99, 199] as const, placements, marks };
          const plan = planOf(source, view, pattern, dtype, q ? { q } : {});
          const label = `${dtype} ${width} ${pattern} ${order}`;
          await assertSame(executor, plan, source, label);
          used.delete("horizontal");
          assertEquals([...used].join(" "), kernels[index], label);
        }
      }
    }
  },
);

onDevice("GpuExecutor leaves nothing behind where work cannot be recorded", async (device) => {
  const executor = new GpuExecutor(device, 2 ** 28);
  const source = picture(device.limits.maxTextureDimension2D + 1, 1);
  const plan = planOf(source, resampled(source, { width: 1, height: 1 }), CHW);
  const { createBuffer } = device;
  let made = 0;
  device.pushErrorScope("validation");
  device.createBuffer = (descriptor) => {
    made++;
    return createBuffer.call(device, descriptor);
  };
  for (let round = 0; round < 3; round++) {
    await assertRejects(
      () => executor.run(plan, { from: 0, to: 1 }, new Map([[0, source]]), "device"),
      VitrailError,
      "a texture here holds",
    );
  }
  assertEquals(made, 1); // the rows' buffer, which each round gave back
  // A buffer for both is refused, and the innermost scope that is open hears of it.
  device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE }).destroy();
  assert(await device.popErrorScope() !== null);
  executor.close();
});
