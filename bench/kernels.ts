/**
 * Times every kernel by timestamp queries, in batches of pictures of one size and of several. Each line gives
 * the bytes that the plan has a kernel read and write, a nanosecond, and that as a share of a copy's in the
 * same round. Then the main thread's time to record a batch, on a GPU that does nothing, and the dispatches
 * that it takes. Prints tables, or with `--json` the figures. A software adapter gets smaller pictures.
 */
import { prepareGraphics } from "../src/cli/environment.ts";
import { openDevice, summaryOf } from "../src/gpu/device/device.ts";
import { GpuExecutor } from "../src/gpu/gpu_executor.ts";
import { resolveLayout } from "../src/layout/layout.ts";
import { Memo } from "../src/layout/memo.ts";
import { parsePattern } from "../src/layout/pattern.ts";
import { countOf } from "../src/layout/shape.ts";
import { type Dtype, ELEMENT_BYTES } from "../src/plan/dtype.ts";
import type { Size } from "../src/plan/geometry.ts";
import type { Plan } from "../src/plan/plan.ts";
import { pixelBytes, type StoredPicture } from "../src/plan/stored_picture.ts";
import type { CanvasView } from "../src/plan/view.ts";
import { planSample } from "../src/recipes/plan_sample.ts";
import type { Recipe } from "../src/recipes/recipe.ts";
import { ixc24khd } from "../src/recipes/tiled/ixc.ts";
import { syntheticPicture } from "../tests/support/pictures/synthetic.ts";
import { SHRINK } from "./cases/setup.ts";
import { copyOf } from "./copy.ts";
import { Timer } from "./gpu/timer.ts";
import { nullDevice } from "./host/null_device.ts";
import { TASK_RECIPES } from "./peers/task_recipes.ts";
import { type Figure, figureOf, median } from "./report/figure.ts";
import { tableOf } from "./report/table.ts";

prepareGraphics();
const device = await openDevice();
// The description is read at once: Deno panics where the adapter has been collected.
const { description: adapter, software } = summaryOf(device.adapterInfo);
const executor = new GpuExecutor(device, 2 ** 32);
const timer = executor.context.timer = new Timer(device, 2048);

/** The rounds that count, the pictures of a batch, and the part of their sides that is left. */
const [ROUNDS, BATCHES, PART] = software ? [3, [1, 4], 1 / 3 / SHRINK] : [9, [1, 16, 64], 1 / SHRINK];

/** The sizes of pictures: of one kind alone, or in turn. Tiles of portraits are worked on transposed. */
const SIZES: Record<string, readonly (readonly [number, number])[]> = {
  equal: [[1920, 1080]],
  transposed: [[1080, 1920]],
  mixed: [[1920, 1080], [1280, 720], [810, 1200], [639, 480], [3000, 2001]],
};

const hd = ixc24khd({ hdNum: Math.ceil(16 / SHRINK) });

/** Recipes and element types. The last one's sums are floats. */
const CASES: readonly (readonly [name: string, recipe: Recipe, dtype: Dtype])[] = [
  ["tiles", hd, "f32"],
  ["tiles f16", hd, "f16"],
  ["tiles u8", hd, "u8"],
  ["patches", TASK_RECIPES.qwen, "f32"],
  ["tiles torch-cuda", { ...hd, resampler: "torch-cuda" }, "f32"],
];

/** Pictures of three bytes a pixel, drawn once for each size. */
const drawn = new Memo<StoredPicture>(Infinity);

/** Returns so many pictures, of sizes in turn. No two are one object: each goes up by itself. */
function picturesOf(sizes: readonly (readonly [number, number])[], count: number): StoredPicture[] {
  return Array.from({ length: count }, (_, i) => {
    const [width, height] = sizes[i % sizes.length].map((side) => Math.round(side * PART));
    const own = drawn.resultOf(`${width} ${height}`, () => {
      const { data } = syntheticPicture({ kind: "noise", w: width, h: height, seed: i });
      return { width, height, data: data.filter((_, at) => at % 4 < 3), orientation: 1 };
    });
    return { ...own };
  });
}

/** The kernels whose bytes a plan says. */
const KERNELS = ["horizontal", "vertical", "weigh_across", "weigh_down", "store"];

/** The bytes that each kernel reads and writes, as a plan says it. */
function bytesOf(plan: Plan, pictures: readonly StoredPicture[]): Record<string, number> {
  const bytes: Record<string, number> = Object.fromEntries(KERNELS.map((name) => [name, 0]));
  const area = ({ width, height }: Size) => width * height;
  for (const view of plan.views) {
    const { output = "", rows = 0 } = view.target ?? {};
    const { dtype = "f32", shape = [] } = plan.outputs[output] ?? {};
    const elements = rows * countOf(shape.slice(1)), made = elements * ELEMENT_BYTES[dtype];
    if (view.kind === "global") {
      const { canvas } = plan.views[view.view] as CanvasView, { width, height } = view.canvas;
      const isOdd = canvas.height / height % 2 === 1, lines = isOdd ? 0 : canvas.height * width * 12;
      bytes.weigh_across += area(isOdd ? view.canvas : canvas) * 4 + (isOdd ? elements * 4 : lines);
      bytes.weigh_down += isOdd ? 0 : lines + elements * 4;
    }
    if (view.kind !== "canvas") continue;
    bytes.store += area(view.canvas) * 4 + made;
    for (const { source, content, order, resampler } of view.placements) {
      if (!("picture" in source)) continue;
      const picture = pictures[source.picture], isFloat = resampler === "torch-cuda";
      const lines = order === "vertical-first"
        ? content.height * picture.width
        : content.width * picture.height;
      const [across, down] = isFloat ? ["weigh_across", "weigh_down"] : ["horizontal", "vertical"];
      bytes[across] += area(picture) * pixelBytes(picture) + lines * (isFloat ? 12 : 4);
      bytes[down] += lines * (isFloat ? 12 : 4) + area(content) * 4;
    }
  }
  return bytes;
}

const COPIED = 2 ** (software ? 23 : 28);
const copied = executor.context.pool.takeBuffer("storage", COPIED);

/**
 * Times the kernels of `work`, ns of each a round, and of a copy beside them, since the machine's pace
 * changes. Two rounds before the first are not counted.
 */
async function timed(work: () => Promise<unknown>): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  for (let round = -2; round < ROUNDS; round++) {
    await work();
    await copyOf(executor, copied, COPIED);
    const sums = new Map<string, number>();
    for (const { label, nanoseconds } of await timer.take()) {
      sums.set(label, (sums.get(label) ?? 0) + nanoseconds);
    }
    if (round < 0) continue;
    for (const [name, sum] of sums) times.set(name, [...times.get(name) ?? [], sum]);
  }
  return times;
}

/** Makes the lines of the kernels whose bytes are known. */
function figuresOf(
  what: string,
  bytes: Record<string, number>,
  pixels: number,
  times: Map<string, number[]>,
): Figure[] {
  const copies = times.get("copy")!;
  return Object.entries(bytes).filter(([kernel]) => times.has(kernel)).map(([kernel, moved]) => {
    const list = times.get(kernel)!, shares = list.map((ns, i) => moved / ns / (2 * COPIED / copies[i]));
    const rest = { gigabytesPerSecond: moved / median(list), ratio: median(shares) };
    const against = { against: "the copy's GB/s" };
    return figureOf("kernels", `${what}: ${kernel}`, "ns/px", list.map((ns) => ns / pixels), {
      ...rest,
      ...against,
    });
  });
}

/** Counts a batch's dispatches, and times its recording on a GPU that does nothing: ms, and so many. */
async function recordingOf(
  plan: Plan,
  pictures: StoredPicture[],
): Promise<{ ms: number[]; dispatches: number }> {
  const { device } = nullDevice(), executor = new GpuExecutor(device, 2 ** 34), ms: number[] = [];
  executor.context.fuses = true;
  device.queue.writeBuffer = () => {}; // what copies of bytes take, bench:host says
  let dispatches = 0;
  const { createBindGroup } = device;
  device.createBindGroup = (descriptor) => {
    dispatches++;
    return createBindGroup(descriptor);
  };
  for (let round = -10; round < 21; round++) {
    dispatches = 0;
    const start = performance.now();
    const rows = executor.run(
      plan,
      { from: 0, to: plan.images.length },
      new Map(pictures.entries()),
      "device",
    );
    if (round >= 0) ms.push(performance.now() - start);
    executor.release(await rows);
  }
  executor.close();
  return { ms, dispatches };
}

const figures: Figure[] = [], recordings: string[] = [];
for (const [name, recipe, dtype] of CASES) {
  for (const [kind, sizes] of Object.entries(SIZES)) {
    if (kind === "transposed" && recipe !== hd) continue;
    for (const count of kind === "equal" ? BATCHES : BATCHES.slice(1)) {
      const pictures = picturesOf(sizes, count), plan = planSample(recipe, pictures, dtype);
      const images = { from: 0, to: plan.images.length }, stored = new Map(pictures.entries());
      const times = await timed(async () => {
        executor.release(await executor.run(plan, images, stored, "device"));
      });
      const what = `${name}, ${count} ${kind}`;
      const pixels = plan.images.reduce((sum, { canvas }) => sum + canvas.width * canvas.height, 0);
      figures.push(...figuresOf(what, bytesOf(plan, pictures), pixels, times));
      const { ms, dispatches } = await recordingOf(plan, pictures);
      const own = (median(ms) / count).toFixed(3), each = (dispatches / count).toFixed(2);
      recordings.push(`${what}: ${own} ms and ${each} dispatches a picture, ${dispatches} in all`);
    }
  }
}
const canvas = { width: 1680, height: 1008 }, words = new Uint32Array(3 * canvas.width * canvas.height);
for (let i = 0; i < words.length; i++) words[i] = Math.imul(i, 2654435761);
const layout = resolveLayout(parsePattern(hd.layout), [3, canvas.height, canvas.width], { p: 336, q: 336 });
const rearranged = await timed(() => executor.rearrange(words, layout));
figures.push(
  ...figuresOf("a canvas into tiles", { rearrange: words.byteLength * 2 }, words.length / 3, rearranged),
);
timer.close();
executor.close();
device.destroy();
if (Deno.args.includes("--json")) console.log(JSON.stringify(figures));
else console.log(`kernels on ${adapter}\n${tableOf(figures)}\n\nrecording\n${recordings.join("\n")}`);
