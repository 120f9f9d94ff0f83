/**
 * Every kernel alone, by timestamp queries: median of 9 runs of one 1920×1080 picture on 1680×1008.
 */
import { openDevice, summaryOf } from "../src/gpu/device.ts";
import { GpuExecutor } from "../src/gpu/executor.ts";
import { Timer } from "../src/gpu/timing.ts";
import { type Dtype, planSample } from "../src/plan/plan.ts";
import { ixc24khd } from "../src/recipes/ixc.ts";
import { syntheticPicture } from "../tests/support/synthetic.ts";

const RUNS = 9;
const device = await openDevice();
const executor = new GpuExecutor(device, 2 ** 30);
const timer = executor.kernels.timer = new Timer(device);
const picture = syntheticPicture({ kind: "noise", w: 1920, h: 1080, seed: 1 });
const pictures = new Map([[0, picture]]);

async function medians(dtype: Dtype): Promise<Map<string, number>> {
  const plan = planSample(ixc24khd({ hdNum: 16 }), [picture], dtype);
  const times = new Map<string, number[]>();
  for (let run = -2; run < RUNS; run++) {
    executor.release(await executor.run(plan, 0, 1, pictures));
    for (const { kernel, nanoseconds } of await timer.take()) {
      if (run >= 0) times.set(kernel, [...times.get(kernel) ?? [], nanoseconds]);
    }
  }
  return new Map(
    Array.from(times, ([kernel, list]) => [kernel, list.sort((a, b) => a - b)[list.length >> 1]]),
  );
}

const canvas = 1680 * 1008, rows = 1680 * 1080;
const pixels: Record<string, { pixels: number; bytes: number }> = {
  horizontal: { pixels: rows, bytes: 1920 * 1080 * 4 + rows * 4 },
  vertical: { pixels: canvas, bytes: rows * 4 + canvas * (12 + 4) },
  global: { pixels: 336 * 336, bytes: 336 * 336 * (4 + 12) },
  pack: { pixels: canvas + 336 * 336, bytes: (canvas + 336 * 336) * (12 + 6) },
};

console.log(`kernels on ${summaryOf(device.adapterInfo).description}, 1920x1080 on 1680x1008, ixc2-4khd`);
for (const [dtype, only] of [["f32", undefined], ["f16", "pack"]] as const) {
  for (const [kernel, ns] of await medians(dtype)) {
    if (only && kernel !== only) continue;
    const { pixels: count, bytes } = pixels[kernel];
    const row = [
      `${(ns / 1e6).toFixed(2)} ms`,
      `${(ns / count).toFixed(1)} ns a pixel`,
      `${(bytes / ns).toFixed(2)} GB/s`,
    ];
    console.log(`  ${kernel.padEnd(12)}${row.map((cell) => cell.padStart(16)).join("")}`);
  }
}
timer.close();
executor.close();
device.destroy();
