import { Engine } from "../../../src/engine/engine.ts";
import { deviceExecutor } from "../../../src/engine/executors/on_gpu.ts";
import { Tensor } from "../../../src/engine/results/tensor.ts";
import { spliceRange } from "../../../src/engine/splice/splice_gpu.ts";
import type { SpliceInput } from "../../../src/engine/splice/splice_inputs.ts";
import { planSplice, sourcesOf } from "../../../src/engine/splice/splice_plan.ts";
import type { SpliceWork } from "../../../src/engine/splice/splice_work.ts";
import { VitrailError } from "../../../src/errors.ts";
import { GpuExecutor } from "../../../src/gpu/gpu_executor.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { assertSameBytes, assertSameTensor } from "../../support/compare/assert_same.ts";
import { onDevice } from "../../support/executors.ts";
import { goldenFeatures } from "../../support/features.ts";
import { EVERY_CALL } from "../../support/golden/golden_calls.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { watchBindings } from "../../support/gpu/watch_bindings.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";

const GRIDS: [number, number][] = [[2, 3], [1, 1], [3, 1]];

/** Registers a test on an engine that works on a device of the test's own, which must not complain. */
function onEngine(name: string, run: (engine: Engine, device: GPUDevice) => Promise<void>) {
  onDevice(name, async (device) => {
    await using engine = await Engine.open({ device });
    await run(engine, device);
  });
}

/** A buffer of exactly these elements. */
function bufferOf(
  device: GPUDevice,
  data: Float32Array | Uint16Array,
  usage: number = GPUBufferUsage.STORAGE,
): GPUBuffer {
  const buffer = device.createBuffer({ size: data.byteLength, usage: usage | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
  return buffer;
}

onEngine("Engine.splice takes buffers and leaves tokens on the device", async (engine, device) => {
  await using reference = await Engine.open({ executor: "reference" });
  for (const dtype of ["f32", "f16"] as const) {
    for (const channels of [1, 3, 4, 8]) {
      const { images, features, newline, separator } = goldenFeatures(336, channels, GRIDS);
      const typed = (values: Float32Array) =>
        dtype === "f32" ? values : Uint16Array.from(values, (_, i) => i * 7);
      const inputs = [features.data, newline, separator].map(typed);
      const plain = await reference.splice(ixc24khd(), inputs[0], images, {
        newline: inputs[1],
        separator: inputs[2],
      });
      const shapes = [features.shape, [4 * channels], [1, 1, 4 * channels]];
      const [there, ...vectors] = inputs.map((data, i): SpliceInput => (
        { shape: shapes[i], dtype, buffer: bufferOf(device, data) }
      ));
      using made = (await engine.splice(ixc24khd(), there, images, {
        newline: vectors[0],
        separator: vectors[1],
        to: "device",
      })).tokens;
      assert(made.buffer.size >= (await plain.tokens.bytes()).length);
      await assertSameTensor(made, plain.tokens, `${dtype}, ${channels} channels`);
    }
  }
});

onEngine("Engine.splice takes features in parts as the features in one", async (engine, device) => {
  const { images, features, newline, separator } = goldenFeatures(336, 3, GRIDS);
  const owner = await deviceExecutor(device, 2 ** 24);
  const [rows, patches, channels] = features.shape, row = patches * channels;
  const expected = await engine.splice(ixc24khd(), features, images, { newline, separator });
  for (const cuts of [[5], [1, 2, 8], [10]]) {
    const parts = [0, ...cuts].map((first, i) => {
      const data = features.data.slice(first * row, (cuts[i] ?? rows) * row);
      const shape = [data.length / row, patches, channels];
      const buffer = bufferOf(device, data, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
      return { output: "features", dtype: "f32" as const, row: first, shape, buffer, bytes: data.byteLength };
    });
    const tensor = new Tensor("features", "f32", features.shape, { parts, executor: owner });
    const made = await engine.splice(ixc24khd(), tensor, images, { newline, separator });
    await assertSameTensor(made.tokens, expected.tokens, `cut at ${cuts}`);
    await using reference = await Engine.open({ executor: "reference" });
    const read = await reference.splice(ixc24khd(), tensor, images, { newline, separator });
    await assertSameTensor(read.tokens, expected.tokens, `cut at ${cuts}, on the reference`);
  }
});

onEngine("Engine.splice writes a range that is one newline", async (engine, device) => {
  const { images, features, newline, separator } = goldenFeatures(336, 1024, [[3, 1]]);
  const whole = await engine.splice(ixc24khd(), features, images, { newline, separator });
  await using small = await Engine.open({ device, memory: 2 ** 20 }); // ranges of 16 tokens, of 625
  const buffer = bufferOf(device, features.data);
  for (const given of [features, { shape: features.shape, dtype: "f32", buffer } as const]) {
    const cut = await small.splice(ixc24khd(), given, images, { newline, separator });
    assertEquals(cut.tokens.shape[1] % 16, 1);
    await assertSameTensor(cut.tokens, whole.tokens, "buffer" in given ? "a buffer" : "an array");
  }
});

onEngine("Engine.splice gives the same bytes in the windows of a small budget", async (engine, device) => {
  const small = await Engine.open({ device, memory: 2 ** 20 });
  const { images, features, newline, separator } = goldenFeatures(336, 64, GRIDS);
  const whole = await engine.splice(ixc24khd(), features, images, { newline, separator });
  const cut = await small.splice(ixc24khd(), features, images, { newline, separator });
  await assertSameTensor(cut.tokens, whole.tokens);
});

onEngine("Engine.splice gives the same bytes by bindings that hold little", async (engine, device) => {
  const { images, features, newline, separator } = goldenFeatures(336, 5, GRIDS);
  const whole = await engine.splice(ixc24khd(), features, images, { newline, separator });
  const plan = planSplice(ixc24khd(), images, { features: features.shape, newline: 20, separator: 20 });
  const executor = new GpuExecutor(device, 2 ** 24);
  const bytesOf = (data: Float32Array) => ({ bytes: new Uint8Array(data.buffer) });
  const part = { buffer: bufferOf(device, features.data), bytes: features.data.byteLength };
  const work: SpliceWork = {
    plan,
    dtype: "f32",
    features: { parts: [part] },
    newline: bytesOf(newline),
    separator: bytesOf(separator),
  };
  const tokens = { from: 0, to: plan.total }, { sources } = sourcesOf(plan);
  const smaller = { maxStorageBufferBindingSize: 0 };
  const restore = claimLimits(device, smaller);
  for (const binding of [800, 5000, 40000]) {
    smaller.maxStorageBufferBindingSize = binding;
    const rows = await spliceRange(executor, work, sources, tokens);
    const made = new Uint8Array(rows.bytes);
    await executor.read([rows], () => made);
    const { dtype, shape } = whole.tokens, label = `${binding} bytes a binding`;
    assertSameBytes(made, await whole.tokens.bytes(), { label, dtype, shape });
  }
  smaller.maxStorageBufferBindingSize = 700;
  const error = await assertRejects(
    () => spliceRange(executor, work, sources, tokens),
    VitrailError,
    "520 bytes",
  );
  assertEquals(error.code, "limit");
  restore();
  executor.close();
});

onEngine("Engine.splice takes and gives more than a binding, in parts on the device", async (_, device) => {
  // WebGPU's own limit where every call is checked, and a claimed one that is met sooner.
  const binding = (EVERY_CALL ? 128 : 8) * 2 ** 20, channels = EVERY_CALL ? 1024 : 64;
  claimLimits(device, { maxStorageBufferBindingSize: binding });
  const bound = watchBindings(device);
  await using engine = await Engine.open({ device });
  await using reference = await Engine.open({ executor: "reference" });
  const grids = [[4, 5], [6, 3], [4, 4]] as const, images = grids.map((grid) => ({ grid }));
  const shape = [57, 576, channels];
  const bits = new Uint32Array(57 * 576 * channels); // any bits, those of NaNs included
  for (let i = 0; i < bits.length; i++) bits[i] = Math.imul(i + 1, 2654435761);
  assert(bits.byteLength > binding);
  const data = new Float32Array(bits.buffer), width = 4 * channels;
  const options = { newline: data.slice(5, 5 + width), separator: data.slice(9999, 9999 + width) };
  const plain = await reference.splice(ixc24khd(), { shape, data }, images, options);
  const buffer = bufferOf(device, data);
  for (const input of [{ shape, data }, { shape, dtype: "f32", buffer }] as const) {
    const { tokens } = await engine.splice(ixc24khd(), input, images, options);
    await assertSameTensor(tokens, plain.tokens, "buffer" in input ? "a buffer" : "an array");
  }
  const there = await engine.splice(ixc24khd(), { shape, data }, images, { ...options, to: "device" });
  using kept = there.tokens;
  const most = Math.floor(binding / (width * 4)), total = plain.tokens.shape[1];
  const parts = [[0, most, width], [most, total - most, width]];
  assertEquals(kept.parts.map(({ row, shape }) => [row, ...shape]), parts);
  await assertSameTensor(kept, plain.tokens, "on the device");
  assertEquals(assertThrows(() => kept.buffer, VitrailError, "tensor.parts").code, "limit");
  assertEquals(bound.filter((bytes) => bytes > binding), []);
});

onEngine("Engine.splice says why where a kernel cannot read a buffer", async (engine, device) => {
  const { images, features, newline, separator } = goldenFeatures(336, 2, [[1, 2]]);
  const { shape } = features, options = { newline, separator };
  const unbound = device.createBuffer({ size: 13824, usage: GPUBufferUsage.COPY_DST });
  const short = device.createBuffer({ size: 13820, usage: GPUBufferUsage.STORAGE });
  const cases = [
    [unbound, "usage", "STORAGE"],
    [short, "shape", "takes 13824 bytes of f32"],
    [undefined as unknown as GPUBuffer, "usage", "features has a buffer that is undefined; give a GPUBuffer"],
    [features.data as unknown as GPUBuffer, "usage", "give a GPUBuffer"],
  ] as const;
  for (const [buffer, code, part] of cases) {
    const call = () => engine.splice(ixc24khd(), { shape, dtype: "f32", buffer }, images, options);
    const error = await assertRejects(call, VitrailError);
    assertEquals(error.code, code);
    assertStringIncludes(error.message, part);
  }
  const whole = bufferOf(device, features.data), bytes = features.data.byteLength;
  const partly: [part: unknown, message: string][] = [
    [null, "features.parts[0] is an object such as { buffer, bytes }, found null"],
    [{ buffer: whole }, "bytes of a part of features is a whole number from 0 up, found undefined"],
    [{ buffer: whole, bytes: "x" }, 'bytes of a part of features is a whole number from 0 up, found "x"'],
    [{ buffer: whole, bytes, offset: 256 }, 'read from its start, found "offset"'],
  ];
  for (const [part, message] of partly) {
    const input = { shape, dtype: "f32", parts: [part] } as SpliceInput;
    const error = await assertRejects(() => engine.splice(ixc24khd(), input, images, options), VitrailError);
    assertEquals(error.code, "usage");
    assertStringIncludes(error.message, message);
  }
  const destroyed = bufferOf(device, features.data);
  destroyed.destroy();
  for (const to of ["cpu", "device"] as const) {
    const input = { shape, dtype: "f32", buffer: destroyed } as const;
    const call = () => engine.splice(ixc24khd(), input, images, { ...options, to });
    assertEquals((await assertRejects(call, VitrailError, "refused the splice")).code, "device");
  }
});
