import { assert, assertEquals } from "@std/assert";
import { nullDevice } from "../../../bench/host/null_device.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { Recorder } from "../../../src/gpu/device/recorder.ts";
import { GpuExecutor } from "../../../src/gpu/gpu_executor.ts";
import { type Job, recordJobs, tableOf } from "../../../src/gpu/passes/jobs.ts";
import { FILL } from "../../../src/gpu/passes/fill_pass.ts";
import { PACK } from "../../../src/gpu/passes/pack_pass.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Pictures } from "../../../src/plan/stored_picture.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { referenceRows } from "../../../src/reference/reference_rows.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { onDevice } from "../../support/executors.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { picture } from "../../support/gpu/one_canvas.ts";

/** Pictures of all sizes, some of them turned. */
const RAGGED = Array.from({ length: 9 }, (_, i) => picture(20 + 13 * i, 150 - 11 * i, 1 + i % 8));

/** Small tiles and global views of padded pictures, which are resampled down. */
const SMALL = customRecipe({ size: 48, tile: 16, fit: "contain", globalView: true });

/** Returns a plan of the ragged pictures, and them. */
function planned(recipe: Recipe, dtype: "f32" | "f16" | "u8"): { plan: Plan; pictures: Pictures } {
  const sizes = RAGGED.map(({ width, height, orientation }) => (
    orientation >= 5 ? { width: height, height: width } : { width, height }
  ));
  return { plan: planSample(recipe, sizes, dtype), pictures: new Map(RAGGED.entries()) };
}

onDevice("recordJobs takes pictures of all sizes in one dispatch of each pass", async (device) => {
  await using engine = await Engine.open({ device });
  await using reference = await Engine.open({ executor: "reference" });
  const raw = RAGGED.map(({ width, height, data }) => ({ width, height, data }));
  const recipe = SMALL;
  let dispatches = 0;
  const createBindGroup = device.createBindGroup.bind(device);
  device.createBindGroup = (descriptor) => {
    dispatches++;
    return createBindGroup(descriptor);
  };
  const made = await engine.run(recipe, raw, { to: "cpu" });
  assertEquals(dispatches, 6); // the probe of fma, then fill, horizontal, vertical, store and weigh_across
  const expected = await reference.run(recipe, raw);
  const { dtype, shape } = expected.pixelValues;
  assertSameBytes(await made.pixelValues.bytes(), await expected.pixelValues.bytes(), { dtype, shape });
});

Deno.test("recordJobs takes jobs apart that reach other buffers, and no others", async () => {
  const { device } = nullDevice(), executor = new GpuExecutor(device, 2 ** 30), used: string[] = [];
  const pipeline = executor.context.kernels.pipeline.bind(executor.context.kernels);
  executor.context.kernels.pipeline = (name, constants) => {
    used.push(name);
    return pipeline(name, constants);
  };
  // Tiles are cut of a resampled picture, and what the model sees beside them is that picture shrunk.
  const recipe = recipeFromConfig({ image_processor_type: "Idefics3ImageProcessor" });
  const { plan, pictures } = planned(recipe, "f32");
  await executor.run(plan, { from: 0, to: plan.images.length }, pictures, "device");
  const counts = [...Map.groupBy(used, (name) => name)].map(([name, own]) => [name, own.length]);
  assertEquals(Object.fromEntries(counts), { horizontal: 3, vertical: 3, store: 2 });
  executor.close();
});

/** The word that stands in every buffer before anything is written, and around all that is. */
const POISON = 0xdeadbeef;

/** Words of a buffer behind those that were asked for. */
const MARGIN = 128;

onDevice("GpuExecutor neither reads nor writes beside what it takes", async (device) => {
  const executor = new GpuExecutor(device, 2 ** 28), { pool } = executor.context;
  const taken: { buffer: GPUBuffer; words: number }[] = [];
  const takeBuffer = pool.takeBuffer.bind(pool);
  pool.takeBuffer = (kind, bytes) => {
    if (kind !== "storage") return takeBuffer(kind, bytes);
    const words = Math.ceil(bytes / 4), buffer = takeBuffer(kind, (words + MARGIN) * 4);
    device.queue.writeBuffer(buffer, 0, new Uint32Array(buffer.size / 4).fill(POISON));
    taken.push({ buffer, words });
    return buffer;
  };
  pool.giveBuffer = () => {}; // each is taken once
  // Bindings end where their buffers do, margin included: else the GPU itself keeps kernels out of it.
  const createBindGroup = device.createBindGroup.bind(device);
  device.createBindGroup = ({ entries, ...rest }) => {
    const whole = Array.from(entries, ({ binding, resource }) => {
      const part = resource as GPUBufferBinding, { buffer, offset = 0 } = part;
      const isTaken = taken.some((own) => own.buffer === buffer);
      return { binding, resource: isTaken ? { buffer, offset, size: buffer.size - offset } : resource };
    });
    return createBindGroup({ ...rest, entries: whole });
  };
  const torch = customRecipe({ size: 25, resampler: "torch-cuda" }); // whose rows of bytes end amid a word
  const floats = recipeFromConfig({
    image_processor_type: "DINOv3ViTImageProcessor",
    size: { height: 25, width: 31 },
  });
  const cases = [[SMALL, "f32"], [SMALL, "f16"], [torch, "u8"], [floats, "f32"]] as const;
  for (const [recipe, dtype] of cases) {
    const { plan, pictures } = planned(recipe, dtype), images = { from: 0, to: plan.images.length };
    const rows = await executor.run(plan, images, pictures, "device");
    const made = rows.map(({ bytes }) => new Uint8Array(bytes));
    await executor.read(rows, (own) => made[rows.indexOf(own)]);
    for (const index of RAGGED.keys()) {
      for (const { output, dtype, shape, row, data } of referenceRows(plan, index, pictures)) {
        const own = rows.findIndex((other) => other.output === output), width = data.length / shape[0];
        const from = (row - rows[own].row) * width;
        assertSameBytes(made[own].subarray(from, from + data.length), data, { output, dtype, shape, row });
      }
    }
    executor.release(rows);
  }
  assert(taken.length > 8);
  for (const { buffer, words } of taken) {
    const all = new Uint8Array(buffer.size);
    await executor.read([{ buffer, bytes: buffer.size } as never], () => all);
    const margin = new Uint32Array(all.buffer, words * 4);
    assert(margin.every((word) => word === POISON), `${buffer.size} bytes, of which ${words * 4} were taken`);
  }
  for (const { buffer } of taken) buffer.destroy();
  executor.close();
});

Deno.test("tableOf counts addresses from where bindings begin, and all else as it is", () => {
  const fields = { floats: 1000, packed: 130, count: 7 }, buffer = {} as GPUBuffer;
  const spans = [{ buffer, from: 1000, to: 1007 }, { buffer, from: 130, to: 134 }];
  const job = { fields, groups: 9, spans };
  const entries = [{ job, firstGroup: 0 }, { job, firstGroup: 5 }];
  const words = new Uint32Array(tableOf(PACK, entries, spans));
  assertEquals([...words.subarray(0, 8)], [0, 1000 - 960, 130 - 128, 7, 5, 1000 - 960, 130 - 128, 7]);
  assertEquals(words.length, entries.length * 4);
});

/** Returns the workgroups of a job with which its entries begin. */
function firstsOf(groups: number, width: number): number[] {
  return Array.from({ length: Math.ceil(groups / width) }, (_, i) => i * width);
}

Deno.test("recordJobs cuts jobs into as many entries as a table and a grid have", () => {
  const { device } = nullDevice(), side = 90;
  const restore = claimLimits(device, { maxComputeWorkgroupsPerDimension: side });
  const executor = new GpuExecutor(device, 2 ** 30), recorder = new Recorder(executor.context);
  const span = { buffer: recorder.buffer("storage", 4096), from: 0, to: 1024 };
  const jobOf = (groups: number): Job<typeof FILL> => ({
    fields: { canvas: 0, stepY: 0, columns: 0, lineCount: 0, word0: 0, word1: 0, word2: 0 },
    groups,
    spans: [span],
  });
  const grids: (readonly number[])[] = [], started: number[] = [];
  recorder.dispatch = (_kernel, _constants, table, _bindings, grid) => {
    const words = new Uint32Array(table), stride = words.length / grid[1];
    grids.push(grid);
    for (let entry = 0; entry < grid[1]; entry++) started.push(words[entry * stride]);
  };
  // Workgroups of jobs, and the dispatches that they take: a table's 256 entries are up to three grids here.
  const cases: [groups: number[], dispatches: number][] = [
    [[1], 1],
    [[90], 1],
    [[91], 2],
    [[60, 57, 60], 1],
    [[3, 700, 1, 5], 3],
    [[90 * 90], 3],
    [[90 * 90 + 1], 3],
    [new Array(256).fill(2), 4],
  ];
  for (const [groups, dispatches] of cases) {
    grids.length = started.length = 0;
    recordJobs(recorder, FILL, groups.map(jobOf));
    const label = `${groups}: ${JSON.stringify(grids)}`, [[width]] = grids;
    assert(grids.every((grid) => grid.every((length) => length >= 1 && length <= side)), label);
    assert(grids.every(([own]) => own === width), label);
    assertEquals(grids.length, dispatches, label);
    if (groups.length === 3) assertEquals(grids, [[60, 3, 1]]); // an entry each
    assertEquals(started, groups.flatMap((count) => firstsOf(count, width)), label);
  }
  recorder.abandon();
  executor.close();
  restore();
});
