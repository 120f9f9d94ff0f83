/**
 * Times the splice of 32 pictures' features beside a plain copy of as many bytes, by timestamp queries. Both
 * are done in each of 9 rounds, and the medians count. Features and tokens stay on the device. Prints a
 * table, or with `--json` the figures.
 */
import { spliceRange } from "../src/engine/splice/splice_gpu.ts";
import { planSplice, sourcesOf, type SplicePlan } from "../src/engine/splice/splice_plan.ts";
import { type DevicePart, type SpliceWork, tokenBytesOf } from "../src/engine/splice/splice_work.ts";
import { openDevice, summaryOf } from "../src/gpu/device/device.ts";
import { GpuExecutor } from "../src/gpu/gpu_executor.ts";
import { ixc24khd } from "../src/recipes/tiled/ixc.ts";
import { SHRINK } from "./cases/setup.ts";
import { copyOf } from "./copy.ts";
import { Timer } from "./gpu/timer.ts";
import { type Figure, figureOf, median } from "./report/figure.ts";
import { tableOf } from "./report/table.ts";

const ROUNDS = 9;

/** Channels of a feature, and patches of a tile. */
const CHANNELS = 1024, PATCHES = 576;

/** The grids of the pictures, [rows, columns], one after another. */
const GRIDS = [[1, 1], [2, 3], [3, 2], [1, 4], [2, 2], [3, 5], [5, 3], [1, 2]] as const;

const device = await openDevice();
// The description is read at once: Deno panics where the adapter has been collected.
const adapter = summaryOf(device.adapterInfo).description;
const executor = new GpuExecutor(device, 2 ** 32);
const timer = executor.context.timer = new Timer(device);

/** Cuts the tokens of a splice into ranges that one binding holds. */
function rangesOf(work: SpliceWork) {
  const step = Math.floor(device.limits.maxStorageBufferBindingSize / tokenBytesOf(work));
  const { total } = work.plan;
  return Array.from({ length: Math.ceil(total / step) }, (_, i) => ({
    from: i * step,
    to: Math.min((i + 1) * step, total),
  }));
}

/** Plans the splice of 32 pictures. */
function plan(): SplicePlan {
  const images = Array.from(
    { length: Math.ceil(32 / SHRINK) },
    (_, i) => ({ grid: GRIDS[i % GRIDS.length] }),
  );
  const rows = images.reduce((sum, { grid: [h, w] }) => sum + 1 + h * w, 0);
  return planSplice(ixc24khd(), images, {
    features: [rows, PATCHES, CHANNELS],
    newline: 4 * CHANNELS,
    separator: 4 * CHANNELS,
  });
}

/**
 * Makes features in parts of whole rows, each no longer than a buffer may be. No word of a row stands twice.
 */
function features({ rows }: SplicePlan, elementBytes: number): DevicePart[] {
  const rowBytes = PATCHES * CHANNELS * elementBytes;
  const step = Math.floor(device.limits.maxBufferSize / rowBytes);
  const words = Uint32Array.from({ length: rowBytes / 4 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 0);
  return Array.from({ length: Math.ceil(rows / step) }, (_, part) => {
    const own = Math.min(step, rows - part * step);
    const buffer = executor.context.pool.takeBuffer("storage", own * rowBytes);
    for (let row = 0; row < own; row++) device.queue.writeBuffer(buffer, row * rowBytes, words);
    return { buffer, bytes: own * rowBytes };
  });
}

/** Times each kernel, in ns, once a round. Two rounds before the first are not counted. */
async function timesOf(work: SpliceWork): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(), { sources } = sourcesOf(work.plan);
  for (let round = -2; round < ROUNDS; round++) {
    const sums = new Map<string, number>();
    for (const tokens of rangesOf(work)) {
      const rows = await spliceRange(executor, work, sources, tokens);
      await copyOf(executor, rows.buffer, rows.bytes);
      executor.release([rows]);
    }
    for (const { label, nanoseconds } of await timer.take()) {
      sums.set(label, (sums.get(label) ?? 0) + nanoseconds);
    }
    if (round < 0) continue;
    for (const [kernel, sum] of sums) times.set(kernel, [...times.get(kernel) ?? [], sum]);
  }
  return times;
}

const figures: Figure[] = [];
for (const [dtype, elementBytes] of [["f32", 4], ["f16", 2]] as const) {
  const spliced = plan();
  const vector = { bytes: new Uint8Array(4 * CHANNELS * elementBytes) };
  const work: SpliceWork = {
    plan: spliced,
    dtype,
    features: { parts: features(spliced, elementBytes) },
    newline: vector,
    separator: vector,
  };
  const bytes = 2 * spliced.total * tokenBytesOf(work); // read and written
  const times = await timesOf(work), copied = median(times.get("copy")!);
  for (const [kernel, list] of times) {
    const milliseconds = list.map((ns) => ns / 1e6), what = `${dtype} ${kernel.replace(":words", "")}`;
    const ratio = kernel === "copy" ? {} : { ratio: copied / median(list), against: "the copy's GB/s" };
    figures.push(
      figureOf("splice", what, "ms", milliseconds, { gigabytesPerSecond: bytes / median(list), ...ratio }),
    );
  }
}
timer.close();
executor.close();
device.destroy();
if (Deno.args.includes("--json")) console.log(JSON.stringify(figures));
else console.log(`splice on ${adapter}, 32 pictures of 336 tiles, C = ${CHANNELS}\n${tableOf(figures)}`);
