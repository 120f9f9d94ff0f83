import { assert } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { GpuExecutor } from "../../../src/gpu/gpu_executor.ts";
import type { StoredPicture } from "../../../src/plan/stored_picture.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { assertSameTensor } from "../../support/compare/assert_same.ts";
import { onDevice } from "../../support/executors.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { assertSame, CHW, onExecutor, picture, planOf, resampled } from "../../support/gpu/one_canvas.ts";

/** Returns a picture's pixels as RGB. */
function rgb(stored: StoredPicture): StoredPicture {
  return { ...stored, data: stored.data.filter((_, at) => at % 4 !== 3) };
}

/** Counts the bytes that go up to a device in buffers. */
function countBytes({ queue }: GPUDevice): () => number {
  const write = queue.writeBuffer.bind(queue);
  let bytes = 0;
  queue.writeBuffer = (buffer, at, data, from, size) => {
    bytes += size ?? data.byteLength;
    write(buffer, at, data, from, size);
  };
  return () => bytes;
}

onExecutor(
  "upload takes three bytes a pixel, of any width and orientation",
  async (executor) => {
    for (const [width, height] of [[1, 1], [2, 3], [5, 1], [63, 7], [64, 4], [129, 33]]) {
      for (const orientation of [1, 6]) {
        const stored = rgb(picture(width, height, orientation));
        const plan = planOf(stored, resampled(stored, { width: 17, height: 12 }), CHW);
        await assertSame(executor, plan, stored, `${width}x${height}, orientation ${orientation}`);
      }
    }
  },
);

onDevice(
  "Uploads takes parts of pictures that a binding does not hold",
  async (device) => {
    const restore = claimLimits(device, { maxStorageBufferBindingSize: 300_000 });
    const executor = new GpuExecutor(device, 2 ** 18);
    for (const stored of [rgb(picture(701, 333)), rgb(picture(701, 333, 8)), picture(400, 300, 3)]) {
      const { width, height, orientation } = stored;
      const plan = planOf(stored, resampled(stored, { width: 150, height: 90 }), CHW);
      await assertSame(executor, plan, stored, `${width}x${height}, orientation ${orientation}`);
    }
    executor.close();
    restore();
  },
);

onDevice("Engine.open takes what goes up: RGB in three bytes a pixel, or RGBA in four", async (device) => {
  const up = countBytes(device), most = 2 ** 16; // of all jobs
  const recipe = customRecipe({ size: 64 }), file = new URL("../../fixtures/tiled.jpg", import.meta.url);
  const made = [];
  for (const upload of ["rgb", "rgba"] as const) {
    await using engine = await Engine.open({ device, upload });
    const before = up();
    const batch = await engine.run(recipe, [file]);
    const { width, height } = batch.images[0].size, pixels = width * height * (upload === "rgb" ? 3 : 4);
    const bytes = up() - before;
    assert(bytes >= pixels && bytes < pixels + most, `${bytes} of ${pixels}`);
    made.push(batch.pixelValues);
  }
  await assertSameTensor(made[0], made[1]);
});
