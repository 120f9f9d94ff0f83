import { assert, assertEquals } from "@std/assert";
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

/** Counts the bytes that go up to a device by a method of its queue. */
function countBytes(device: GPUDevice, method: "writeBuffer" | "writeTexture"): () => number {
  const { queue } = device, write = queue[method].bind(queue) as (...given: unknown[]) => void;
  let bytes = 0;
  queue[method] = (...given: unknown[]) => {
    const [, second, data, , size] = given;
    const [array, length] = method === "writeBuffer" ? [data, size] : [second, undefined];
    bytes += (length as number | undefined) ?? (array as Uint8Array).length;
    write(...given);
  };
  return () => bytes;
}

onExecutor(
  "recordUnpack gives the reference's pixels, of any width and orientation",
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
  "recordUnpack unpacks blocks, and as many lines as a binding holds",
  async (device) => {
    const restore = claimLimits(device, { maxStorageBufferBindingSize: 300_000 });
    const executor = new GpuExecutor(device, 2 ** 18);
    const stored = rgb(picture(701, 333));
    const plan = planOf(stored, resampled(stored, { width: 150, height: 90 }), CHW);
    await assertSame(executor, plan, stored, "701x333");
    executor.close();
    restore();
  },
);

onDevice("Engine.open takes what goes up: RGB in three bytes a pixel, or RGBA in four", async (device) => {
  const up = countBytes(device, "writeBuffer"), textures = countBytes(device, "writeTexture");
  const recipe = customRecipe({ size: 64 }), file = new URL("../../fixtures/tiled.jpg", import.meta.url);
  const made = [];
  for (const upload of ["rgb", "rgba"] as const) {
    await using engine = await Engine.open({ device, upload });
    await engine.run(recipe, [file], { to: "device" }); // its tables go up, too
    const before = [up(), textures()];
    const batch = await engine.run(recipe, [file]);
    const pixels = batch.images[0].size.width * batch.images[0].size.height;
    const [bytes, texels] = [up() - before[0], textures() - before[1]];
    if (upload === "rgba") assertEquals(texels, pixels * 4);
    else assert(texels === 0 && bytes >= pixels * 3 && bytes < pixels * 3 + 4096, `${bytes} of ${pixels}`);
    made.push(batch.pixelValues);
  }
  await assertSameTensor(made[0], made[1]);
});
