/**
 * `long_stream.ts COUNT PICTURES…`: sends COUNT pictures through `engine.stream`, a sample each, in a process
 * of its own. Prints figures of the time a picture, the process's peak memory, the share of time in which the
 * GPU did nothing, and how busy the cores were. The idle share is given twice: of the time between the first
 * command buffer and the last, and of the time in which there was work for the GPU.
 */
import { cpuUsage } from "node:process";
import { Engine } from "../../src/engine/engine.ts";
import { openDevice } from "../../src/gpu/device/device.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { MOST_TILES } from "../peers/work.ts";
import { figureOf } from "../report/figure.ts";
import { watchSubmissions } from "./submissions.ts";

const [count, ...pictures] = [Number(Deno.args[0]), ...Deno.args.slice(1)];
const device = await openDevice();
const watch = watchSubmissions(device);
const engine = await Engine.open({ device });
const recipe = ixc24khd({ hdNum: MOST_TILES });
const calls = (length: number) => Array.from({ length }, (_, i) => [pictures[i % pictures.length]]);

for await (const batch of engine.stream(recipe, calls(pictures.length))) batch.dispose(); // warms up

watch.restart();
const start = performance.now(), startOfWork = processorTime();
let done = 0, rows = 0;
for await (const batch of engine.stream(recipe, calls(count))) {
  done++;
  rows += batch.pixelValues.shape[0];
  batch.dispose();
}
const ms = performance.now() - start, worked = processorTime() - startOfWork;
if (done !== count || rows < count * 2) {
  throw new TypeError(`${done} batches with ${rows} rows of ${count} pictures`);
}
const idle = await watch.idle(), busy = worked / ms / navigator.hardwareConcurrency;
console.log(JSON.stringify([
  figureOf("long stream", `${count} pictures, a picture`, "ms", [ms / count]),
  figureOf("long stream", `${count} pictures, peak memory`, "MiB", [peakMemory()]),
  figureOf("long stream", `${count} pictures, GPU idle`, "%", [idle.all * 100]),
  figureOf("long stream", `${count} pictures, GPU idle with work at hand`, "%", [idle.withWork * 100]),
  figureOf("long stream", `${count} pictures, cores busy`, "%", [busy * 100]),
]));
engine.close();
device.destroy();

/** Returns the most memory that this process has had, MiB. */
function peakMemory(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)![1]) / 1024;
}

/** Returns the processor time of all threads of this process so far, ms. */
function processorTime(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}
