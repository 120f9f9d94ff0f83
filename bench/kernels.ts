/**
 * Times every kernel alone, by timestamp queries: the medians of 9 rounds of one 1920×1080 picture on a
 * canvas of 1680×1008, or of 1932×1092 for the patches of qwen2_vl. Prints a table, or with `--json` the
 * figures.
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
import { TASK_RECIPES } from "./peers/task_recipes.ts";
import { type Figure, figureOf, median } from "./report/figure.ts";
import { tableOf } from "./report/table.ts";

const ROUNDS = 9;
prepareGraphics();
const device = await openDevice();
// The description is read at once: Deno panics where the adapter has been collected.
const adapter = summaryOf(device.adapterInfo).description;
const executor = new GpuExecutor(device, 2 ** 30);
const timer = executor.context.timer = new Timer(device);
const picture = syntheticPicture({ kind: "noise", w: 1920, h: 1080, seed: 1 });
const pictures = new Map([[0, picture]]);

const hd = ixc24khd({ hdNum: 16 });
/** A recipe whose f16 are packed from floats, since the layout puts channels side by side. */
const interleaved = { ...hd, layout: "c (h p) (w q) -> (h w) p q c" };

/** Times the kernels of a recipe. */
async function timesOf(recipe: Recipe, dtype: Dtype): Promise<Map<string, number[]>> {
  const plan = planSample(recipe, [picture], dtype);
  return await timed(async () => {
    executor.release(await executor.run(plan, { from: 0, to: 1 }, pictures, "device"));
  });
}

/** Times the kernel that rearranges a canvas into tiles. */
async function timesOfRearranging(): Promise<Map<string, number[]>> {
  const layout = resolveLayout(parsePattern(hd.layout), [3, 1008, 1680], { p: 336, q: 336 });
  return await timed(() => executor.rearrange(words.subarray(0, 3 * canvas), layout));
}

/**
 * Times the kernels of `work`, in ns, once a round. Two rounds before the first are not counted. A copy is
 * timed in each round, too, since the machine's pace changes.
 */
async function timed(work: () => Promise<unknown>): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  for (let round = -2; round < ROUNDS; round++) {
    await work();
    await copyOf(executor, copied, words.byteLength);
    for (const { label, nanoseconds } of await timer.take()) {
      const name = label.replace(/By\d$/, ""); // the name without the words that it stores at once
      if (round >= 0) times.set(name, [...times.get(name) ?? [], nanoseconds]);
    }
  }
  return times;
}

/**
 * Pixels of the canvas, of the rows between the passes, of the global view, and of canvas and view together.
 */
const canvas = 1680 * 1008, rows = 1680 * 1080, global = 336 * 336, values = canvas + global;
const words = Uint32Array.from({ length: 3 * values }, (_, i) => Math.imul(i, 2654435761));
const copied = executor.context.pool.takeBuffer("storage", words.byteLength);
device.queue.writeBuffer(copied, 0, words);

/** The pixels that each kernel makes, and the bytes that it reads and writes. */
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
    [() => timesOf({ ...hd, resampler: "torch-cuda" }, "f32"), ["horizontal, floats"]],
    [() => timesOf(hd, "f16"), ["vertical, f16"]],
    [() => timesOf(TASK_RECIPES.qwen, "f32"), ["vertical, patches"]],
    [() => timesOf(interleaved, "f16"), ["pack"]],
    [timesOfRearranging, ["rearrange"]],
  ] as const
) {
  const times = await measure();
  for (const kernel of kernels) {
    const { pixels, bytes } = work[kernel], list = times.get(kernel.split(",")[0])!;
    const shares = list.map((ns, round) => bytes / ns / (work.copy.bytes / times.get("copy")![round]));
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
