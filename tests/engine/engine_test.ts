import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Engine } from "../../src/engine/engine.ts";
import { VitrailError } from "../../src/errors.ts";
import { openDevice } from "../../src/gpu/device/device.ts";
import { GpuExecutor } from "../../src/gpu/gpu_executor.ts";
import type { Dtype } from "../../src/plan/dtype.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { ixc24khd, ixc25Video } from "../../src/recipes/tiled/ixc.ts";
import { referenceRows } from "../../src/reference/reference_rows.ts";
import { assertSameBytes, assertSameTensor } from "../support/compare/assert_same.ts";
import { assertVerified, runVerified } from "../support/compare/assert_verified.ts";
import { onEngines, onFastEngines, WITHOUT_GPU } from "../support/executors.ts";
import { synthetic, syntheticPicture } from "../support/pictures/synthetic.ts";

function picture(width: number, height: number, seed = 1) {
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed }) };
}

for (const dtype of ["f32", "f16", "bf16", "u8"] as Dtype[]) {
  onFastEngines(`Engine.run gives the reference's elements, whatever the sizes: ${dtype}`, async (engine) => {
    const pictures = [picture(640, 480), picture(37, 91, 2), picture(1, 1, 3), picture(900, 300, 4)];
    const batch = await runVerified(engine, ixc24khd({ hdNum: 4 }), pictures, { dtype });
    assertEquals("global_values" in batch.outputs, dtype === "u8");
    const rows = batch.images.map((image) => image.rows);
    assertEquals(rows.at(-1)![1], batch.pixelValues.shape[0]);
  });
}

Deno.test("Engine.run verifies on the reference, too", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  for (const dtype of ["f32", "u8"] as const) {
    const pictures = [picture(64, 48), picture(9, 70)];
    assertVerified(await engine.run(ixc24khd({ hdNum: 2 }), pictures, { dtype, verify: true }), dtype);
  }
});

onFastEngines("Engine.run joins a clip's frames on one sheet", async (engine) => {
  for (const [width, height] of [[320, 180], [180, 320]]) {
    const frames = [1, 2, 3].map((seed) => picture(width, height, seed));
    const batch = await runVerified(engine, ixc25Video(), frames, { dtype: "u8" });
    assertEquals(batch.images.length, 1);
  }
});

onFastEngines("customRecipe takes any filter", async (engine) => {
  for (const filter of ["nearest", "box", "hamming", "lanczos"] as const) {
    const recipe = customRecipe({
      size: { width: 90, height: 60 },
      tile: 30,
      filter,
      fit: "contain",
      mean: [0, 0, 0],
    });
    const batch = await runVerified(engine, recipe, [picture(77, 50), picture(50, 77)], {}, filter);
    assertEquals(batch.pixelValues.shape, [12, 3, 30, 30]);
  }
});

onFastEngines("Engine.run gives the reference's bytes of panoramas larger than a texture", async (engine) => {
  await runVerified(engine, ixc24khd(), [picture(30000, 80), picture(60, 20000)]);
});

onEngines("Engine.stream keeps the order, and gives what run gives", async (engine) => {
  const pictures = [1, 2, 3, 4, 5].map((seed) => picture(40 * seed, 100, seed));
  let index = 0;
  for await (const batch of engine.stream(ixc24khd({ hdNum: 4 }), pictures)) {
    const alone = await engine.run(ixc24khd({ hdNum: 4 }), [pictures[index++]]);
    await assertSameTensor(batch.pixelValues, alone.pixelValues, `picture ${index}`);
  }
  assertEquals(index, pictures.length);
});

onEngines("Engine.run gives the same bytes in the chunks of a small budget", async (engine) => {
  await using small = await Engine.open({ executor: engine.executor, memory: 32 * 2 ** 20 });
  const pictures = Array.from({ length: 8 }, (_, i) => picture(300 + 10 * i, 200, i + 1));
  const whole = await engine.run(ixc24khd({ hdNum: 2 }), pictures);
  const inChunks = await small.run(ixc24khd({ hdNum: 2 }), pictures);
  await assertSameTensor(inChunks.pixelValues, whole.pixelValues);
});

onEngines("Engine.run names both numbers where one picture exceeds the budget", async (engine) => {
  await using small = await Engine.open({ executor: engine.executor, memory: 2 ** 20 });
  const error = await assertRejects(() => small.run(ixc24khd(), [picture(640, 480)]), VitrailError, "MiB");
  assertEquals(error.code, "limit");
});

onEngines("Engine.run refuses a picture whose height truncates to 0", async (engine) => {
  const error = await assertRejects(
    () => engine.run(ixc24khd({ hdNum: 1 }), [picture(2000, 2)]),
    VitrailError,
  );
  assertEquals(error.code, "shape");
  assertStringIncludes(error.message, "2000x2");
});

Deno.test({
  name: "Engine.run leaves results on the device where it is asked to",
  ignore: WITHOUT_GPU,
  async fn() {
    await using engine = await Engine.open({ executor: "webgpu" });
    const pictures = [picture(640, 480), picture(100, 300, 2)];
    const cpu = await engine.run(ixc24khd({ hdNum: 4 }), pictures);
    using device = await engine.run(ixc24khd({ hdNum: 4 }), pictures, { to: "device" });
    assert(device.pixelValues.buffer.size >= (await cpu.pixelValues.bytes()).length);
    await assertSameTensor(device.pixelValues, cpu.pixelValues);
  },
});

/** Registers `run` with an engine on a device that the caller made. */
function onTheirDevice(name: string, run: (engine: Engine, device: GPUDevice) => Promise<void>): void {
  const fn = async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter!.requestDevice({ label: "theirs" });
    const engine = await Engine.open({ device });
    await run(engine, device);
    engine.close();
    device.destroy();
  };
  Deno.test({ name, ignore: WITHOUT_GPU, fn });
}

onTheirDevice("Engine.open uses a caller's device, and leaves it alone", async (engine, device) => {
  assertEquals(engine.description, "theirs");
  await runVerified(engine, ixc24khd({ hdNum: 2 }), [picture(64, 48)]);
  engine.close();
  device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE }).destroy();
});

onTheirDevice("Engine.run ends in a device error where its device vanishes", async (engine, device) => {
  device.destroy();
  await device.lost;
  const error = await assertRejects(() => engine.run(ixc24khd(), [picture(64, 48)]), VitrailError, "lost");
  assertEquals(error.code, "device");
});

onTheirDevice("Engine.stream ends where its device vanishes, and holds nobody up", async (engine, device) => {
  let done = 0;
  const error = await assertRejects(async () => {
    const calls = Array.from({ length: 20 }, (_, seed) => [picture(300, 200, seed + 1)]);
    for await (const batch of engine.stream(ixc24khd({ hdNum: 4 }), calls)) {
      batch.dispose();
      if (++done === 2) device.destroy();
    }
  }, VitrailError);
  assertEquals(error.code, "device");
  assert(done >= 2 && done < 20, `${done} batches`);
});

Deno.test({
  name: "GpuExecutor packs the same where its pool is too full to keep anything",
  ignore: WITHOUT_GPU,
  async fn() {
    const device = await openDevice();
    const keepsNothing = new GpuExecutor(device, 1);
    const stored = syntheticPicture({ kind: "noise", w: 64, h: 48, seed: 1 });
    const plan = planSample(ixc24khd({ hdNum: 2 }), [stored], "f16");
    const rows = await keepsNothing.run(plan, { from: 0, to: 1 }, new Map([[0, stored]]), "device");
    const made = new Uint8Array(rows[0].bytes);
    await keepsNothing.read(rows, () => made);
    const [{ data: bytes, shape }] = referenceRows(plan, 0, new Map([[0, stored]]));
    const global = bytes.length / shape[0]; // the first row is the global view, which may differ
    const tiles = { dtype: "f16", row: 1, shape: [shape[0] - 1, ...shape.slice(1)] } as const;
    assertSameBytes(made.subarray(global), bytes.subarray(global), tiles);
    keepsNothing.close();
    device.destroy();
  },
});
