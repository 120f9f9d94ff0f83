import { Engine } from "../../src/engine/engine.ts";
import type { ExecutorName } from "../../src/engine/executor.ts";
import type { EngineOptions } from "../../src/engine/options.ts";
import { openDevice } from "../../src/gpu/device/device.ts";
import { GpuExecutor } from "../../src/gpu/gpu_executor.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { pixelBytes, type StoredPicture } from "../../src/plan/stored_picture.ts";
import { referenceRows } from "../../src/reference/reference_rows.ts";
import { SimdExecutor } from "../../src/simd/simd_executor.ts";
import { assertEquals } from "@std/assert";

/** Each output's rows, as bytes. */
export type Made = Record<string, Uint8Array>;

/** Runs a plan on one executor. */
export type Execute = (plan: Plan, pictures: StoredPicture[]) => Promise<Made>;

/** Says that this machine was told to have no GPU. Anything else without an adapter fails. */
export const WITHOUT_GPU = Deno.env.get("VITRAIL_NO_GPU") === "1";

/** The pixels that go up to the GPU, where somebody says: goldens hold for either, on any adapter. */
const UPLOAD = Deno.env.get("VITRAIL_UPLOAD") as EngineOptions["upload"];

/** The errors of a GPU that a test must not meet. */
const ERRORS: readonly GPUErrorFilter[] = ["validation", "out-of-memory", "internal"];

/** Bytes of working memory that {@linkcode onExecutors} gives the GPU's executor. */
const MEMORY = 2 ** 30;

/**
 * The executors that a test file opened once, and that all of its tests use: compiling kernels takes longer
 * than most tests.
 */
const opened: {
  device?: GPUDevice;
  gpu?: GpuExecutor;
  simd?: SimdExecutor;
  engines: Map<ExecutorName, Engine>;
} = {
  engines: new Map(),
};

Deno.test.afterAll(() => {
  for (const engine of opened.engines.values()) engine.close();
  opened.gpu?.close();
  opened.device?.destroy();
});

/**
 * Registers `run` once for each executor. The GPU's is one for the whole file, and is skipped only where the
 * suite was told that there is no GPU.
 * @param executors those that are taken; absent: all
 */
export function onExecutors(
  name: string,
  run: (execute: Execute, executor: ExecutorName) => Promise<void>,
  executors: readonly ExecutorName[] = ["webgpu", "simd", "reference"],
): void {
  if (executors.includes("webgpu")) {
    onFileDevice(`${name} (webgpu)`, async (device) => {
      const gpu = opened.gpu ??= new GpuExecutor(device, MEMORY);
      await run((plan, pictures) => gpuMade(gpu, plan, pictures), "webgpu");
    });
  }
  if (executors.includes("simd")) {
    Deno.test(`${name} (simd)`, async () => {
      const simd = opened.simd ??= new SimdExecutor();
      await run((plan, pictures) => Promise.resolve(simdMade(simd, plan, pictures)), "simd");
    });
  }
  if (executors.includes("reference")) {
    Deno.test(`${name} (reference)`, async () => {
      await run((plan, pictures) => Promise.resolve(referenceMade(plan, pictures)), "reference");
    });
  }
}

/**
 * Registers `run` once for each executor, with an engine that is one for the whole file and that the test
 * does not close.
 */
export function onEngines(name: string, run: (engine: Engine) => Promise<void>): void {
  onFastEngines(name, run);
  onCpuEngine(name, "reference", run);
}

/** Registers `run` once for each executor that is held to the reference: all but the reference itself. */
export function onFastEngines(name: string, run: (engine: Engine) => Promise<void>): void {
  onFileDevice(`${name} (webgpu)`, async (device) => {
    await run(await fileEngine("webgpu", () => Engine.open({ device, upload: UPLOAD })));
  });
  onCpuEngine(name, "simd", run);
}

/**
 * Registers `run` with one engine, of the executor that is fast without a GPU. It is for tests of plans,
 * which all executors share; the goldens hold the others to the same plans.
 */
export function onOneEngine(name: string, run: (engine: Engine) => Promise<void>): void {
  onCpuEngine(name, "simd", run);
}

function onCpuEngine(
  name: string,
  executor: "simd" | "reference",
  run: (engine: Engine) => Promise<void>,
): void {
  Deno.test(`${name} (${executor})`, async () => {
    await run(await fileEngine(executor, () => Engine.open({ executor, lanes: 0 })));
  });
}

/** Registers `run` with a GPU device of its own, which it may spoil. */
export function onDevice(name: string, run: (device: GPUDevice) => Promise<void>): void {
  onGpu(name, async () => {
    const device = await openDevice();
    try {
      await quietly(device, () => run(device));
    } finally {
      device.destroy();
    }
  });
}

/** Returns what the SIMD executor makes of a plan. */
function simdMade(simd: SimdExecutor, plan: Plan, pictures: readonly StoredPicture[]): Made {
  const rows = simd.run(plan, { from: 0, to: plan.images.length }, new Map(pictures.entries()));
  const made: Record<string, Uint8Array[]> = {};
  simd.read(rows, ({ output, bytes }) => {
    const own = new Uint8Array(bytes);
    (made[output] ??= []).push(own);
    return own;
  });
  simd.release(rows);
  return Object.fromEntries(Object.entries(made).map(([output, parts]) => [output, joined(parts)]));
}

/** Returns what the reference executor makes of a plan. */
export function referenceMade(plan: Plan, pictures: readonly StoredPicture[]): Made {
  const made: Record<string, Uint8Array[]> = {};
  for (const image of plan.images.keys()) {
    for (const { output, data } of referenceRows(plan, image, new Map(pictures.entries()))) {
      (made[output] ??= []).push(data);
    }
  }
  return Object.fromEntries(Object.entries(made).map(([output, parts]) => [output, joined(parts)]));
}

/** Returns lists of bytes one after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Registers a test that needs a GPU. */
function onGpu(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: WITHOUT_GPU, fn });
}

/** Registers a test with the file's device. */
function onFileDevice(name: string, run: (device: GPUDevice) => Promise<void>): void {
  onGpu(name, async () => {
    const device = opened.device ??= await openDevice();
    await quietly(device, () => run(device));
  });
}

/**
 * Runs `body` inside error scopes: it fails where the GPU complains of anything that the code under test did
 * not catch itself.
 */
async function quietly(device: GPUDevice, body: () => Promise<void>): Promise<void> {
  for (const filter of ERRORS) device.pushErrorScope(filter);
  try {
    await body();
  } finally {
    const complaints = await Promise.all(ERRORS.map(() => device.popErrorScope()));
    assertEquals(complaints.flatMap((error) => error ? [error.message] : []), [], "the GPU complained");
  }
}

/** Returns the file's engine on an executor. */
async function fileEngine(executor: ExecutorName, open: () => Promise<Engine>): Promise<Engine> {
  const engine = opened.engines.get(executor) ?? await open();
  opened.engines.set(executor, engine);
  return engine;
}

/** Returns what a GPU makes of a plan. */
async function gpuMade(executor: GpuExecutor, plan: Plan, pictures: readonly StoredPicture[]): Promise<Made> {
  const images = { from: 0, to: plan.images.length };
  const rows = await executor.run(plan, images, new Map(pictures.map(asUploaded).entries()), "device");
  const made: Made = {};
  await executor.read(rows, ({ output, bytes }) => made[output] = new Uint8Array(bytes));
  executor.release(rows);
  return made;
}

/** Returns a picture as it goes up to the GPU, where somebody says. */
function asUploaded(picture: StoredPicture): StoredPicture {
  if (UPLOAD !== "rgb" || pixelBytes(picture) === 3) return picture;
  return { ...picture, data: picture.data.filter((_, at) => at % 4 !== 3) };
}
