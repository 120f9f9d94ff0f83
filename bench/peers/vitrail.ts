/** Vitrail as a peer of the bench, on the executor that the argument names. */
import { loadPicture } from "../../src/codecs/load.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Batch } from "../../src/engine/results/batch.ts";
import { openDevice } from "../../src/gpu/device/device.ts";
import { SubmitQueue } from "../../src/gpu/device/submit_queue.ts";
import type { Picture } from "../../src/codecs/picture.ts";
import type { ExecutorName } from "../../src/engine/executor.ts";
import { TASK_RECIPES } from "./task_recipes.ts";
import { type Made, type Ready, serve } from "./serve.ts";
import { SQUARE, type Work } from "./work.ts";

const device = Deno.args[0] === "webgpu" ? await openDevice() : undefined;
const engine = await Engine.open(device ? { device } : { executor: Deno.args[0] as ExecutorName });
await serve(prepare);

async function prepare({ task, pictures, decoded, resident }: Work): Promise<Ready> {
  const channels = device && task !== "resize" ? 4 : 3; // as executors take them; `resize` keeps its own
  const encoded = await Promise.all(pictures.map((path) => Deno.readFile(path)));
  const inputs = decoded
    ? await Promise.all(encoded.map((bytes, i) => loadPicture(bytes, i, { channels })))
    : encoded;
  if (task === "resize") return async () => await resized(inputs[0]);
  return async () => {
    const batch = await engine.run(TASK_RECIPES[task], inputs, { to: resident ? "device" : "cpu" });
    if (resident) await allDone(device!);
    return made(batch);
  };
}

/** Waits until a device has done all, and not for the promise, which Deno settles 10 ms later. */
async function allDone({ queue }: GPUDevice): Promise<void> {
  const done = queue.onSubmittedWorkDone();
  if (!new SubmitQueue().mapBlocks) await done;
}

async function resized(picture: Picture): Promise<Made> {
  const { data } = await engine.resize(picture, { width: SQUARE, height: SQUARE }, { filter: "lanczos" });
  return { shape: [SQUARE, SQUARE, 3], values: () => [Float32Array.from(data)] };
}

function made(batch: Batch): Made {
  return {
    shape: [...batch.pixelValues.shape],
    values: async () => [await batch.pixelValues.data() as Float32Array],
    dispose: () => batch.dispose(),
  };
}
