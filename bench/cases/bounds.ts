/**
 * `bounds.ts CASE WORK`: measures what bounds Vitrail's time in a case, each part alone with the machine to
 * itself. WORK is the case's work as JSON. Prints figures of
 *
 * - decoding all pictures, four at once, where the case times it;
 * - the kernels of all pictures, one after another, by timestamp queries;
 * - all else that the device waits for or does: recording, uploads, copies between the passes;
 * - the copies of the results into CPU memory.
 */
import { loadPicture } from "../../src/codecs/load.ts";
import { DECODES_AT_ONCE } from "../../src/engine/run/decode_gate.ts";
import { mapLimited } from "../../src/engine/run/map_limited.ts";
import { openDevice } from "../../src/gpu/device/device.ts";
import { GpuExecutor } from "../../src/gpu/gpu_executor.ts";
import type { StoredPicture } from "../../src/plan/stored_picture.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { Timer } from "../gpu/timer.ts";
import type { Work } from "../peers/work.ts";
import { figureOf } from "../report/figure.ts";
import { TASK_RECIPES } from "../peers/task_recipes.ts";
import { watchSubmissions } from "./submissions.ts";

/** The rounds that are measured, after one that is not, and the seconds after which no other begins. */
const ROUNDS = 5, SECONDS = 10;
const name = Deno.args[0], work: Work = JSON.parse(Deno.args[1]);
const device = await openDevice();
const executor = new GpuExecutor(device, 2 ** 30);
const watch = watchSubmissions(device);
const timer = executor.context.timer = new Timer(device);
/** Arrays that results are copied into, by their length: fresh memory would cost time. */
const results = new Map<number, Uint8Array>();

/** The parts of one picture's time, ms. */
interface Parts {
  /** All that the device waits for or does besides the kernels. */
  uploads: number;
  kernels: number;
  copies: number;
}

/** Measures the parts of one picture. */
async function partsOf(recipe: Recipe, picture: StoredPicture): Promise<Parts> {
  watch.restart();
  device.queue.submit([device.createCommandEncoder().finish()]); // marks the beginning
  const rows = await executor.run(
    planSample(recipe, [picture], "f32"),
    { from: 0, to: 1 },
    new Map([[0, picture]]),
    "device",
  );
  const span = await watch.span(); // waits until the kernels are done
  const times = await timer.take();
  const kernels = times.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0) / 1e6;
  const start = performance.now();
  await executor.read(rows, ({ bytes }) => {
    if (!results.has(bytes)) results.set(bytes, new Uint8Array(bytes));
    return results.get(bytes)!;
  });
  const copies = performance.now() - start;
  executor.release(rows);
  return { uploads: span - kernels, kernels, copies };
}

const encoded = await Promise.all(work.pictures.map((path) => Deno.readFile(path)));
const decoding: number[] = [], uploads: number[] = [], kernels: number[] = [], copies: number[] = [];
const begin = performance.now();
for (let round = -1; round < ROUNDS; round++) {
  if (round > 0 && performance.now() - begin > SECONDS * 1000) break;
  const start = performance.now();
  const pictures = await mapLimited(encoded, DECODES_AT_ONCE, (bytes, index) => loadPicture(bytes, index));
  const decoded = performance.now() - start, sums: Parts = { uploads: 0, kernels: 0, copies: 0 };
  for (const picture of pictures) {
    const parts = await partsOf(TASK_RECIPES[work.task as "hd" | "qwen"], { ...picture, orientation: 1 });
    sums.uploads += parts.uploads;
    sums.kernels += parts.kernels;
    sums.copies += parts.copies;
  }
  if (round < 0) continue;
  decoding.push(decoded);
  uploads.push(sums.uploads);
  kernels.push(sums.kernels);
  copies.push(sums.copies);
}
console.log(JSON.stringify([
  ...work.decoded ? [] : [figureOf(name, "its decoding, alone", "ms", decoding)],
  figureOf(name, "its uploads, alone", "ms", uploads),
  figureOf(name, "its kernels, alone", "ms", kernels),
  figureOf(name, "its copies out, alone", "ms", copies),
]));
timer.close();
executor.close();
device.destroy();
