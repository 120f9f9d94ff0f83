import { assertRejects } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import type { GpuExecutor } from "../../../src/gpu/gpu_executor.ts";
import type { Dtype } from "../../../src/plan/dtype.ts";
import type { Size } from "../../../src/plan/geometry.ts";
import { PIXELS } from "../../../src/plan/plan.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { assertSame, CHW, composed, onExecutor, picture, resampled } from "../../support/gpu/one_canvas.ts";

/** Holds the global view of a canvas against the reference's; two pixels' elements stand before it. */
async function assertView(
  executor: GpuExecutor,
  canvas: Size,
  size: Size,
  dtype: Dtype,
  fused?: true,
): Promise<void> {
  const source = picture(canvas.width, canvas.height);
  const plan = composed(source, dtype, (composer) => {
    const before = { ...resampled(source, size), target: composer.target(PIXELS, size, CHW) };
    composer.canvas(before);
    const main = composer.canvas(resampled(source, canvas));
    composer.global({ view: main, canvas: size, target: composer.target(PIXELS, size, CHW), fused });
    return main;
  });
  const label = `${dtype}, ${canvas.width}x${canvas.height} to ${size.width}x${size.height}`;
  await assertSame(executor, plan, source, label);
}

onExecutor("globalBlocks takes scales 1 to 7, and widths around a workgroup", async (executor) => {
  for (const [across, down] of [[1, 1], [2, 2], [3, 5], [4, 3], [5, 2], [2, 7], [6, 4]]) {
    for (const width of [1, 63, 64, 65]) {
      await assertView(executor, { width: width * across, height: 5 * down }, { width, height: 5 }, "f32");
    }
  }
});

onExecutor("globalBlocks takes products that are fused with their sums", async (executor) => {
  for (const [across, down] of [[2, 2], [3, 4], [6, 1]]) {
    const canvas = { width: 65 * across, height: 5 * down };
    await assertView(executor, canvas, { width: 65, height: 5 }, "f32", true);
  }
});

onExecutor("globalBlocks refuses a view, and a line of a canvas, that no binding holds", async (executor) => {
  const cases: [canvas: Size, size: Size, bytes: number, message: string][] = [
    [{ width: 64, height: 64 }, { width: 64, height: 64 }, 2 ** 15, "a global view of 64x64"],
    [{ width: 300 * 64, height: 2 }, { width: 300, height: 2 }, 2 ** 16, "one line of a view"],
  ];
  for (const [canvas, size, maxStorageBufferBindingSize, message] of cases) {
    const restore = claimLimits(executor.context.device, { maxStorageBufferBindingSize });
    await assertRejects(() => assertView(executor, canvas, size, "f32"), VitrailError, message);
    restore();
  }
});

for (const dtype of ["f16", "bf16"] as const) {
  onExecutor(`globalBlocks fills words: ${dtype}`, async (executor) => {
    for (const [across, down] of [[1, 1], [3, 5], [2, 4]]) {
      for (const width of [2, 63, 126, 128, 130]) {
        await assertView(executor, { width: width * across, height: 4 * down }, { width, height: 4 }, dtype);
      }
    }
  });
}
