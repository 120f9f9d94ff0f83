/** Vitrail as a peer of the bench, on the executor that the argument names. */
import { loadPicture } from "../../src/codecs/load.ts";
import type { Picture } from "../../src/codecs/picture.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { ExecutorName } from "../../src/engine/executor.ts";
import type { Batch } from "../../src/engine/results/batch.ts";
import { isSoftware, openDevice, summaryOf } from "../../src/gpu/device/device.ts";
import { SubmitQueue } from "../../src/gpu/device/submit_queue.ts";
import { TASK_RECIPES } from "./task_recipes.ts";
import { type Made, type Ready, serve } from "./serve.ts";
import { SQUARE, type Work } from "./work.ts";

/** An engine, and the device that results are left on. */
interface Opened {
  engine: Engine;
  device?: GPUDevice;
  /** The channels of decoded pictures, as the executor takes them. */
  channels: 3 | 4;
}

let opened: Promise<Opened> | undefined;

await serve(prepare);
const { engine, device } = await opened ?? {};
await engine?.[Symbol.asyncDispose]();
device?.destroy();

/** Opens an engine on an executor; where results stay on a device, on one that can be waited for. */
async function open(executor: ExecutorName, resident: boolean): Promise<Opened> {
  if (!resident) {
    const engine = await Engine.open({ executor });
    const takesRgba = executor === "webgpu" && isSoftware(engine.description);
    return { engine, channels: takesRgba ? 4 : 3 };
  }
  const device = await openDevice(), { software } = summaryOf(device.adapterInfo);
  return { engine: await Engine.open({ device }), device, channels: software ? 4 : 3 };
}

async function prepare({ task, pictures, decoded, resident = false, processes }: Work): Promise<Ready> {
  const { engine, device, channels } = await (opened ??= open(Deno.args[0] as ExecutorName, resident));
  const encoded = await Promise.all(pictures.map((path) => Deno.readFile(path)));
  if (processes !== undefined) return streamed(engine, task, encoded);
  const options = { channels: task === "resize" ? 3 : channels } as const; // `resize` keeps a picture's own
  const inputs = decoded
    ? await Promise.all(encoded.map((bytes, index) => loadPicture(bytes, index, options)))
    : encoded;
  if (task === "resize") return async () => await resized(engine, inputs[0]);
  return async () => {
    const batch = await engine.run(TASK_RECIPES[task], inputs, { to: resident ? "device" : "cpu" });
    if (device) await allDone(device);
    return made(batch);
  };
}

/** Waits until a device has done all, and not for the promise, which Deno settles 10 ms later. */
async function allDone({ queue }: GPUDevice): Promise<void> {
  const done = queue.onSubmittedWorkDone();
  if (!new SubmitQueue().mapBlocks) await done;
}

/** Returns the work of a stream, which the engine shares among its lanes. */
function streamed(engine: Engine, task: Work["task"], pictures: readonly Uint8Array[]): Ready {
  if (task === "resize") throw new TypeError("resize makes one square, and no stream");
  return async (keep) => {
    const parts: Float32Array[] = [];
    let rows = 0, row: number[] = [];
    for await (const batch of engine.stream(TASK_RECIPES[task], pictures)) {
      const { shape } = batch.pixelValues;
      rows += shape[0];
      row = shape.slice(1);
      if (keep) parts.push((await batch.pixelValues.data()).slice() as Float32Array);
      batch.dispose();
    }
    return { shape: [rows, ...row], values: () => parts };
  };
}

async function resized(engine: Engine, picture: Picture): Promise<Made> {
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
