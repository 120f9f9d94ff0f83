/**
 * `stream.ts COUNT PICTURES…`: so many pictures through `engine.stream`, one sample each, in a process of its own. Prints the time a
 * picture, the peak of its memory, and how long the GPU ran nothing: of all the time between its first command buffer and its last,
 * and of the time in which there was work for it.
 */
import { cpuUsage } from "node:process";
import { Engine } from "../../src/engine/engine.ts";
import { openDevice } from "../../src/gpu/device/device.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { figureOf } from "./figure.ts";
import { watchSubmissions } from "./submissions.ts";
import { MOST_TILES } from "./work.ts";

const [count, ...pictures] = [Number(Deno.args[0]), ...Deno.args.slice(1)];
const device = await openDevice();
const watch = watchSubmissions(device);
const engine = await Engine.open({ device });
const recipe = ixc24khd({ hdNum: MOST_TILES });
const calls = (length: number) => Array.from({ length }, (_, i) => [pictures[i % pictures.length]]);

for await (const batch of engine.stream(recipe, calls(pictures.length))) batch.dispose(); // warm

watch.restart();
const start = performance.now(), startOfWork = processorTime();
let done = 0, rows = 0;
for await (const batch of engine.stream(recipe, calls(count))) {
  done++, rows += batch.pixelValues.shape[0];
  batch.dispose();
}
const ms = performance.now() - start, worked = processorTime() - startOfWork;
if (done !== count || rows < count * 2) {
  throw new TypeError(`${done} batches with ${rows} rows of ${count} pictures`);
}
const idle = await watch.idle();
console.log(JSON.stringify([
  figureOf("stream", `${count} pictures, a picture`, "ms", [ms / count]),
  figureOf("stream", `${count} pictures, peak memory`, "MiB", [peakMemory()]),
  figureOf("stream", `${count} pictures, GPU idle`, "%", [idle.all * 100]),
  figureOf("stream", `${count} pictures, GPU idle with work at hand`, "%", [idle.withWork * 100]),
  figureOf("stream", `${count} pictures, cores busy`, "%", [
    worked / ms / navigator.hardwareConcurrency * 100,
  ]),
]));
engine.close();
device.destroy();

/** The most memory that this process has had, MiB. */
function peakMemory(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)![1]) / 1024;
}

/** Processor time of all of this process's threads so far, ms. */
function processorTime(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}
