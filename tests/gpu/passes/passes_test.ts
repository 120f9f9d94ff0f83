import { assert, assertEquals, assertRejects } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { GpuExecutor } from "../../../src/gpu/gpu_executor.ts";
import type { Dtype } from "../../../src/plan/dtype.ts";
import type { StoredPicture } from "../../../src/plan/stored_picture.ts";
import type { Placement } from "../../../src/plan/view.ts";
import { onDevice } from "../../support/executors.ts";
import {
  assertSame,
  type Canvas,
  CHW,
  DTYPES,
  HWC,
  onExecutor,
  picture,
  planOf,
  resampled,
  whole,
} from "../../support/gpu/one_canvas.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { watchKernels } from "../../support/gpu/watch_kernels.ts";

onExecutor("horizontal.wgsl makes columns and rows on both sides of a workgroup's", async (executor) => {
  for (const width of [1, 63, 64, 65, 129]) { // 64 lanes
    for (const height of [1, 2, 3, 4, 5, 6]) { // 4 lines an invocation; the vertical pass copies
      const source = picture(37, height);
      const plan = planOf(source, resampled(source, { width, height }), CHW);
      await assertSame(executor, plan, source, `${width}x${height}`);
    }
  }
});

onExecutor(
  "weigh_down.wgsl makes as many columns as a texture of two dimensions has texels",
  async (executor) => {
    const source = picture(37, 2), width = executor.context.device.limits.maxTextureDimension2D;
    const [placement] = resampled(source, { width, height: 2 }).placements;
    const view = { canvas: { width: width + 2, height: 2 }, fill: [9, 99, 199] as const, marks: [] };
    const placements = [{
      ...placement,
      offset: { x: 1, y: 0 },
      filter: "bilinear" as const,
      cut: whole(source),
      resampler: "torch-cuda" as const,
    }];
    const plan = planOf(source, { ...view, placements }, CHW);
    await assertSame(executor, plan, source, `${width} columns`);
  },
);

onExecutor("vertical.wgsl makes columns on both sides of a workgroup's", async (executor) => {
  for (const width of [1, 63, 64, 65, 255, 256, 257]) { // 64 lanes, 4 columns an invocation
    for (const height of [1, 2, 40]) { // from 40 taps and more down to one
      const source = picture(width, 40);
      const plan = planOf(source, resampled(source, { width, height }), HWC);
      await assertSame(executor, plan, source, `${width}x${height}`);
    }
  }
});

/** Layouts of canvases. All of each is one run, of a multiple of four elements. */
const LAYOUTS: { width: number; pattern: string; sizes?: { q: number } }[] = [
  { width: 24, pattern: CHW },
  { width: 26, pattern: CHW },
  { width: 25, pattern: HWC },
  { width: 24, pattern: "c h w -> 1 w c h" },
  { width: 24, pattern: "c h (w q) -> w c h q", sizes: { q: 6 } },
  { width: 25, pattern: "c h (w q) -> (w q) c h 1", sizes: { q: 5 } },
];

for (const { width, pattern, sizes = {} } of LAYOUTS) {
  onExecutor(`store.wgsl writes every dtype: ${width} columns, ${pattern}`, async (executor) => {
    const used = watchKernels(executor), source = picture(31, 17);
    for (const order of ["horizontal-first", "vertical-first"] as const) {
      const view = drawnUpon(source, width, order);
      for (const dtype of DTYPES) {
        used.clear();
        await assertSame(executor, planOf(source, view, pattern, dtype, sizes), source, `${dtype}, ${order}`);
        assertEquals([...used], ["fill", "horizontal", "vertical", "store"], `${dtype}, ${order}`);
      }
    }
  });
}

onExecutor(
  "store.wgsl writes words that end with a row, and floats that are packed where they do not",
  async (executor) => {
    const used = watchKernels(executor), source = picture(9, 7);
    for (const dtype of DTYPES) {
      for (const [side, packs] of [[2, []], [5, ["f16", "bf16", "u8"]], [6, []]] as const) {
        used.clear();
        const view = resampled(source, { width: side * 3, height: side * 2 });
        const plan = planOf(source, view, "c (h p) (w q) -> (h w) c p q", dtype, { p: side, q: side });
        await assertSame(executor, plan, source, `${dtype}, ${side}`);
        assertEquals(used.has("pack"), (packs as readonly Dtype[]).includes(dtype), `${dtype}, ${side}`);
      }
    }
  },
);

/** Returns a canvas on which a picture is drawn twice, one upon the other, and a mark over both. */
function drawnUpon(source: StoredPicture, width: number, order: Placement["order"]): Canvas {
  const placement = { source: { picture: 0 }, crop: whole(source), filter: "bicubic" as const, order };
  return {
    canvas: { width, height: 12 },
    fill: [9, 99, 199],
    placements: [
      { ...placement, content: { width: 9, height: 7 }, offset: { x: 3, y: 1 } },
      { ...placement, content: { width: 6, height: 4 }, offset: { x: 7, y: 5 } },
    ],
    marks: [{ box: { left: 9, top: 3, right: 10, bottom: 8 }, color: [200, 100, 0] }],
  };
}

onDevice("GpuExecutor leaves nothing behind where work cannot be recorded", async (device) => {
  const executor = new GpuExecutor(device, 2 ** 28);
  const source = picture(900, 1);
  const plan = planOf(source, resampled(source, { width: 1, height: 1 }), CHW);
  const { createBuffer } = device;
  let made = 0;
  device.pushErrorScope("validation");
  device.createBuffer = (descriptor) => {
    made++;
    return createBuffer.call(device, descriptor);
  };
  const restore = claimLimits(device, { maxStorageBufferBindingSize: 1024 });
  for (let round = 0; round < 3; round++) {
    await assertRejects(
      () => executor.run(plan, { from: 0, to: 1 }, new Map([[0, source]]), "device"),
      VitrailError,
      "than a binding of this device holds",
    );
  }
  restore();
  assertEquals(made, 2); // the rows' buffer and the canvas's, which each round gave back
  // A buffer for both is refused, and the innermost scope that is open hears of it.
  device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE }).destroy();
  assert(await device.popErrorScope() !== null);
  executor.close();
});
