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
import { watchKernels } from "../../support/gpu/watch_kernels.ts";

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
    resampler: "torch-cuda" as const,
  }];
  const plan = planOf(source, { ...view, placements }, CHW);
  await assertSame(executor, plan, source, `${width} columns`);
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

/**
 * The place of neighbouring columns' elements in an output: so many side by side, from a multiple of that
 * many on.
 */
type Adjacent = "fours" | "pairs" | "singles";

/**
 * The kernels that write a canvas, beside the horizontal one. Words hold one f32, two halves or four bytes:
 * where fewer elements lie side by side than a word holds, floats are written, and packed in a pass of their
 * own.
 */
const KERNELS: Record<Adjacent, Record<Dtype, string[]>> = {
  fours: { f32: ["verticalBy4"], f16: ["verticalBy2"], bf16: ["verticalBy2"], u8: ["verticalBy1"] },
  pairs: { f32: ["verticalBy2"], f16: ["verticalBy1"], bf16: ["verticalBy1"], u8: ["verticalBy2", "pack"] },
  singles: {
    f32: ["verticalBy1"],
    f16: ["verticalBy1", "pack"],
    bf16: ["verticalBy1", "pack"],
    u8: ["verticalBy1", "pack"],
  },
};

/** Layouts of canvases, and how their columns' elements lie. */
const LAYOUTS: { width: number; pattern: string; sizes?: { q: number }; adjacent: Adjacent }[] = [
  { width: 24, pattern: CHW, adjacent: "fours" },
  { width: 26, pattern: CHW, adjacent: "pairs" }, // every other row begins amid four
  { width: 25, pattern: CHW, adjacent: "singles" },
  { width: 24, pattern: HWC, adjacent: "singles" }, // a pixel's three channels lie side by side
  { width: 24, pattern: "c h w -> 1 w c h", adjacent: "singles" }, // rows do
  { width: 24, pattern: "c h (w q) -> w c h q", sizes: { q: 4 }, adjacent: "fours" },
  { width: 24, pattern: "c h (w q) -> w c h q", sizes: { q: 6 }, adjacent: "pairs" },
];

for (const { width, pattern, sizes = {}, adjacent } of LAYOUTS) {
  onExecutor(`vertical.wgsl writes ${adjacent}: ${width} columns, ${pattern}`, async (executor) => {
    const used = watchKernels(executor), source = picture(31, 17);
    for (const order of ["horizontal-first", "vertical-first"] as const) {
      const view = drawnUpon(source, width, order);
      for (const dtype of DTYPES) {
        used.clear();
        await assertSame(executor, planOf(source, view, pattern, dtype, sizes), source, `${dtype}, ${order}`);
        assert(used.delete("horizontal"), `${dtype}, ${order}`);
        assertEquals([...used], KERNELS[adjacent][dtype], `${dtype}, ${order}`);
      }
    }
  });
}

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
