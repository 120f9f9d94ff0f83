/**
 * Every kernel alone, by timestamp queries: medians of 9 runs of one 1920×1080 picture on 1680×1008, for the patches of
 * qwen2_vl on 1932×1092. Prints a table, or with `--json` the figures.
 */
import { prepareGraphics } from "../src/cli/environment.ts";
import { openDevice, summaryOf } from "../src/gpu/device/device.ts";
import { Timer } from "../src/gpu/device/timer.ts";
import { GpuExecutor } from "../src/gpu/gpu_executor.ts";
import { resolveLayout } from "../src/layout/layout.ts";
import { parsePattern } from "../src/layout/pattern.ts";
import type { Dtype } from "../src/plan/dtype.ts";
import { planSample } from "../src/recipes/plan_sample.ts";
import type { Recipe } from "../src/recipes/recipe.ts";
import { ixc24khd } from "../src/recipes/tiled/ixc.ts";
import { syntheticPicture } from "../tests/support/pictures/synthetic.ts";
import { copyOf } from "./copy.ts";
import { type Figure, figureOf } from "./peers/figure.ts";
import { RECIPES } from "./peers/recipes.ts";
import { median } from "./peers/statistics.ts";
import { tableOf } from "./peers/table.ts";

const RUNS = 9;
prepareGraphics();
const device = await openDevice();
const adapter = summaryOf(device.adapterInfo).description; // asked at once: Deno panics where the adapter is collected
const executor = new GpuExecutor(device, 2 ** 30);
const timer = executor.context.timer = new Timer(device);
const picture = syntheticPicture({ kind: "noise", w: 1920, h: 1080, seed: 1 });
const pictures = new Map([[0, picture]]);

const hd = ixc24khd({ hdNum: 16 });
const interleaved = { ...hd, layout: "c (h p) (w q) -> (h w) p q c" }; // whose f16 are packed from floats

/** Nanoseconds of a recipe's kernels, one a run, and of a copy in the same run. */
async function timesOf(recipe: Recipe, dtype: Dtype): Promise<Map<string, number[]>> {
  const plan = planSample(recipe, [picture], dtype);
  return await timed(async () =>
    executor.release(await executor.run(plan, { from: 0, to: 1 }, pictures, "device"))
  );
}

/** The same of a rearrangement of a canvas into tiles. */
async function timesOfRearranging(): Promise<Map<string, number[]>> {
  const layout = resolveLayout(parsePattern(hd.layout), [3, 1008, 1680], { p: 336, q: 336 });
  return await timed(() => executor.rearrange(words.subarray(0, 3 * canvas), layout));
}

/** What kernels take in runs of `work`, the first two not counted: in each a copy, too, since the machine's pace changes. */
async function timed(work: () => Promise<unknown>): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  for (let run = -2; run < RUNS; run++) {
    await work();
    await copyOf(executor, copied, words.byteLength);
    for (const { label, nanoseconds } of await timer.take()) {
      const name = label.replace(/By\d$/, ""); // however many words it stores at once
      if (run >= 0) times.set(name, [...times.get(name) ?? [], nanoseconds]);
    }
  }
  return times;
}

const canvas = 1680 * 1008, rows = 1680 * 1080, global = 336 * 336, values = canvas + global;
const words = Uint32Array.from({ length: 3 * values }, (_, i) => Math.imul(i, 2654435761));
const copied = executor.context.pool.takeBuffer("storage", words.byteLength);
device.queue.writeBuffer(copied, 0, words);

/** Pixels that a kernel makes, and bytes that it reads and writes. */
const work: Record<string, { pixels: number; bytes: number }> = {
  horizontal: { pixels: rows, bytes: 1920 * 1080 * 4 + rows * 4 },
  "horizontal, floats": { pixels: rows, bytes: 1920 * 1080 * 4 + rows * 16 },
  vertical: { pixels: canvas, bytes: rows * 4 + canvas * (12 + 4) },
  "vertical, f16": { pixels: canvas, bytes: rows * 4 + canvas * (6 + 4) },
  "vertical, patches": { pixels: 1932 * 1092, bytes: 1932 * 1080 * 4 + 1932 * 1092 * 24 },
  global: { pixels: global, bytes: global * (4 + 12) },
  pack: { pixels: canvas, bytes: canvas * (12 + 6) },
  rearrange: { pixels: canvas, bytes: canvas * (12 + 12) },
  copy: { pixels: values, bytes: values * (12 + 12) },
};

const figures: Figure[] = [];
for (
  const [measure, kernels] of [
    [() => timesOf(hd, "f32"), ["copy", "horizontal", "vertical", "global"]],
    [() => timesOf({ ...hd, resampler: "torch" }, "f32"), ["horizontal, floats"]],
    [() => timesOf(hd, "f16"), ["vertical, f16"]],
    [() => timesOf(RECIPES.qwen, "f32"), ["vertical, patches"]],
    [() => timesOf(interleaved, "f16"), ["pack"]],
    [timesOfRearranging, ["rearrange"]],
  ] as const
) {
  const times = await measure();
  for (const kernel of kernels) {
    const { pixels, bytes } = work[kernel], list = times.get(kernel.split(",")[0])!;
    const shares = list.map((ns, run) => bytes / ns / (work.copy.bytes / times.get("copy")![run]));
    const share = kernel !== "copy" && { ratio: median(shares), against: "the copy's GB/s" };
    const rest = { gigabytesPerSecond: bytes / median(list), ...share };
    figures.push(figureOf("kernels", kernel, "ns/px", list.map((ns) => ns / pixels), rest));
  }
}
timer.close();
executor.close();
device.destroy();
if (Deno.args.includes("--json")) console.log(JSON.stringify(figures));
else console.log(`kernels on ${adapter}, 1920x1080 on 1680x1008, ixc2-4khd\n${tableOf(figures)}`);
