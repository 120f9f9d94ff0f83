/**
 * Every kernel alone, by timestamp queries: medians of 9 runs of one 1920×1080 picture on 1680×1008. Prints a table, or
 * with `--json` the figures.
 */
import { prepareGraphics } from "../src/cli/graphics.ts";
import { openDevice, summaryOf } from "../src/gpu/device.ts";
import { GpuExecutor } from "../src/gpu/executor.ts";
import { Timer } from "../src/gpu/timing.ts";
import { type Dtype, planSample } from "../src/plan/plan.ts";
import { ixc24khd } from "../src/recipes/ixc.ts";
import { syntheticPicture } from "../tests/support/synthetic.ts";
import { type Figure, figureOf } from "./peers/figure.ts";
import { tableOf } from "./peers/table.ts";

const RUNS = 9;
prepareGraphics();
const device = await openDevice();
const executor = new GpuExecutor(device, 2 ** 30);
const timer = executor.kernels.timer = new Timer(device);
const picture = syntheticPicture({ kind: "noise", w: 1920, h: 1080, seed: 1 });
const pictures = new Map([[0, picture]]);

/** Nanoseconds of each kernel, one a run. */
async function timesOf(dtype: Dtype): Promise<Map<string, number[]>> {
  const plan = planSample(ixc24khd({ hdNum: 16 }), [picture], dtype);
  const times = new Map<string, number[]>();
  for (let run = -2; run < RUNS; run++) {
    executor.release(await executor.run(plan, 0, 1, pictures));
    for (const { kernel, nanoseconds } of await timer.take()) {
      if (run >= 0) times.set(kernel, [...times.get(kernel) ?? [], nanoseconds]);
    }
  }
  return times;
}

const canvas = 1680 * 1008, rows = 1680 * 1080, global = 336 * 336;
/** Pixels that a kernel makes, and bytes that it reads and writes. */
const work: Record<string, { pixels: number; bytes: number }> = {
  horizontal: { pixels: rows, bytes: 1920 * 1080 * 4 + rows * 4 },
  vertical: { pixels: canvas, bytes: rows * 4 + canvas * (12 + 4) },
  global: { pixels: global, bytes: global * (4 + 12) },
  pack: { pixels: canvas + global, bytes: (canvas + global) * (12 + 6) },
};

const figures: Figure[] = [];
for (const [dtype, only] of [["f32", undefined], ["f16", "pack"]] as const) {
  for (const [kernel, times] of await timesOf(dtype)) {
    if (only !== undefined && kernel !== only) continue;
    const { pixels, bytes } = work[kernel];
    const { median, ...figure } = figureOf("kernels", kernel, "ns/px", times.map((ns) => ns / pixels));
    figures.push({ ...figure, median, gigabytesPerSecond: bytes / (median * pixels) });
  }
}
timer.close();
executor.close();
const adapter = summaryOf(device.adapterInfo).description;
device.destroy();
if (Deno.args.includes("--json")) console.log(JSON.stringify(figures));
else console.log(`kernels on ${adapter}, 1920x1080 on 1680x1008, ixc2-4khd\n${tableOf(figures)}`);
