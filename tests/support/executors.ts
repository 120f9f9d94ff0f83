import { assertEquals } from "@std/assert";
import { Engine } from "../../src/engine/engine.ts";
import { GpuExecutor } from "../../src/gpu/gpu_executor.ts";
import { openDevice } from "../../src/gpu/device/device.ts";
import type { StoredPicture } from "../../src/plan/stored_picture.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { referenceRows } from "../../src/reference/reference_rows.ts";

/** One output's rows, as bytes. */
export type Made = Record<string, Uint8Array>;

/** Whether the suite was told that this machine has no GPU. Anything else without an adapter fails. */
export const WITHOUT_GPU = Deno.env.get("VITRAIL_NO_GPU") === "1";

/** Registers `run` once for each executor; the GPU's is skipped only where the suite was told so. */
export function onExecutors(
  name: string,
  run: (execute: (plan: Plan, pictures: StoredPicture[]) => Promise<Made>) => Promise<void>,
): void {
  onDevice(`${name} (webgpu)`, (device) => onGpu(device, run));
  Deno.test({
    name: `${name} (reference)`,
    fn: () => run((plan, pictures) => Promise.resolve(onCpu(plan, pictures))),
  });
}

/** Registers `run` once for each executor with an engine opened for it; the GPU's works on a device that must not complain. */
export function onEngines(name: string, run: (engine: Engine) => Promise<void>): void {
  onDevice(`${name} (webgpu)`, async (device) => {
    await using engine = await Engine.open({ device });
    await run(engine);
  });
  Deno.test(`${name} (reference)`, async () => {
    await using engine = await Engine.open({ executor: "reference" });
    await run(engine);
  });
}

/**
 * Registers `run` with a GPU device of its own, inside error scopes: it fails where the GPU complains of anything that the code
 * under test did not catch itself. Skipped only where the suite was told so.
 */
export function onDevice(name: string, run: (device: GPUDevice) => Promise<void>): void {
  const fn = async () => {
    const device = await openDevice();
    for (const filter of ERRORS) device.pushErrorScope(filter);
    try {
      await run(device);
    } finally {
      const complaints = await Promise.all(ERRORS.map(() => device.popErrorScope()));
      device.destroy();
      assertEquals(complaints.flatMap((error) => error ? [error.message] : []), [], "the GPU complained");
    }
  };
  Deno.test({ name, ignore: WITHOUT_GPU, fn });
}

const ERRORS: readonly GPUErrorFilter[] = ["validation", "out-of-memory", "internal"];

/** Runs plans on `device`. */
async function onGpu(
  device: GPUDevice,
  run: (execute: (plan: Plan, pictures: StoredPicture[]) => Promise<Made>) => Promise<void>,
) {
  const executor = new GpuExecutor(device, 2 ** 30);
  try {
    await run(async (plan, pictures) => {
      const rows = await executor.run(
        plan,
        { from: 0, to: plan.images.length },
        new Map(pictures.entries()),
        "device",
      );
      const made: Made = {};
      await executor.read(rows, ({ output, bytes }) => made[output] = new Uint8Array(bytes));
      executor.release(rows);
      return made;
    });
  } finally {
    executor.close();
  }
}

function onCpu(plan: Plan, pictures: StoredPicture[]): Made {
  const made: Record<string, Uint8Array[]> = {};
  for (const image of plan.images.keys()) {
    for (const { output, data } of referenceRows(plan, image, new Map(pictures.entries()))) {
      (made[output] ??= []).push(data);
    }
  }
  return Object.fromEntries(Object.entries(made).map(([output, parts]) => [output, joined(parts)]));
}

function joined(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) all.set(part, at), at += part.length;
  return all;
}
