import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Engine } from "../../src/engine/engine.ts";
import { Tensor } from "../../src/engine/results/tensor.ts";
import type { SpliceInput } from "../../src/engine/splice/splice_inputs.ts";
import { VitrailError } from "../../src/errors.ts";
import { type OrtTensor, sessionFeatures, sessionInputs } from "../../src/onnxruntime/session_tensors.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { onDevice } from "../support/executors.ts";
import { claimLimits } from "../support/gpu/claim_limits.ts";

/** A class that is made as ONNX Runtime's tensors are, and throws where they do. */
class Given implements OrtTensor {
  constructor(
    readonly type: string,
    readonly own: unknown,
    readonly dims: number[],
    readonly location = "cpu",
    readonly buffer?: GPUBuffer,
  ) {}

  get data(): unknown {
    if (!this.location.startsWith("cpu")) throw new Error("The data is not on CPU.");
    return this.own;
  }

  get gpuBuffer(): GPUBuffer | undefined {
    if (this.location !== "gpu-buffer") throw new Error("The data is not stored as a WebGPU buffer.");
    return this.buffer;
  }

  static fromGpuBuffer(buffer: GPUBuffer, { dataType, dims }: { dataType: string; dims: number[] }): Given {
    return new Given(dataType, undefined, dims, "gpu-buffer", buffer);
  }
}

const ort = { Tensor: Given };

Deno.test("sessionInputs gives a tensor in CPU memory as one of theirs, f16 as bits", async () => {
  const floats = new Tensor("a", "f32", [1, 2], new Uint8Array(Float32Array.of(3, 4).buffer));
  const [given, ...more] = await sessionInputs(floats, ort);
  assertEquals([given.type, given.data, given.dims, more], ["float32", Float32Array.of(3, 4), [1, 2], []]);
  const halves = new Tensor("b", "f16", [2], new Uint8Array(Float16Array.of(1, -2).buffer));
  const [{ type, data, dims }] = await sessionInputs(halves, ort);
  assertEquals([type, data, dims], ["float16", Uint16Array.of(0x3c00, 0xc000), [2]]);
  const brain = new Tensor("c", "bf16", [1], new Uint8Array(2));
  await assertRejects(() => sessionInputs(brain, ort), VitrailError, "c is bf16");
});

Deno.test("sessionFeatures joins outputs in CPU memory along their leading axis", () => {
  const outputs = [Float32Array.of(1, 2), Float32Array.of(3, 4, 5, 6)]
    .map((data) => new Given("float32", data, [data.length / 2, 2]));
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  assertEquals(sessionFeatures(outputs), { shape: [3, 2], dtype: "f32", data });
  assertEquals(sessionFeatures(outputs[0]), { shape: [1, 2], dtype: "f32", data: data.slice(0, 2) });
});

Deno.test("sessionFeatures refuses outputs that make no features together", () => {
  const one = new Given("float32", new Float32Array(6), [1, 2, 3]);
  const cases: [OrtTensor[], string][] = [
    [[], "found none"],
    [[new Given("int64", new BigInt64Array(1), [1])], "found int64"],
    [[one, new Given("float32", new Float32Array(4), [1, 2, 2])], "[1, 2, 2]"],
    [[one, new Given("float16", new Uint16Array(6), [1, 2, 3])], "float16"],
    [[one, new Given("float32", undefined, [1, 2, 3], "gpu-buffer", {} as GPUBuffer)], "in gpu-buffer"],
    [[new Given("float32", undefined, [1, 2, 3], "texture")], "cpu, cpu-pinned, gpu-buffer, found texture"],
    [[new Given("float32", undefined, [1, 2, 3], "ml-tensor")], "found ml-tensor"],
    [[new Given("float32", undefined, [1, 2, 3])], "an output's data is an array of numbers"],
    [[new Given("float32", undefined, [1, 2, 3], "gpu-buffer")], "an output's gpuBuffer is an object"],
  ];
  for (const [outputs, text] of cases) {
    const error = assertThrows(() => sessionFeatures(outputs), VitrailError);
    assertEquals([error.code, error.message.includes(text)], ["usage", true], error.message);
  }
});

Deno.test("sessionFeatures takes an output where it lies, and asks for no elements of the device's", () => {
  const data = new Float32Array(6), buffer = {} as GPUBuffer;
  const pinned = new Given("float32", data, [1, 2, 3], "cpu-pinned");
  assertEquals(sessionFeatures(pinned), { shape: [1, 2, 3], dtype: "f32", data });
  const parts = [{ buffer, bytes: 24 }];
  const there = new Given("float32", undefined, [1, 2, 3], "gpu-buffer", buffer);
  assertEquals(sessionFeatures(there), { shape: [1, 2, 3], dtype: "f32", parts });
});

onDevice("sessionInputs gives a tensor a part, and Engine.splice takes them as the whole", async (device) => {
  const recipe = ixc24khd({ hdNum: 2 });
  const newline = Float32Array.of(1, 2, 3, 4), separator = Float32Array.of(5, 6, 7, 8);
  const picture = { width: 8, height: 20, data: new Uint8Array(480).fill(7) };
  const claimed = claimLimits(device, { maxStorageBufferBindingSize: 5 * 3 * 336 * 336 * 4 });
  await using engine = await Engine.open({ device });
  using batch = await engine.run(recipe, [picture, picture], { to: "device" }); // of 3 rows each
  const inputs = await sessionInputs(batch.pixelValues, ort);
  claimed();
  const found = inputs.map(({ type, dims, location }) => [type, location, ...dims]);
  assertEquals(found, Array(2).fill(["float32", "gpu-buffer", 3, 3, 336, 336]));
  const counts = Float32Array.from({ length: 6 * 576 }, (_, i) => i); // of an encoder that counts patches
  const outputs = [0, 3].map((row) => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ size: 3 * 576 * 4, usage });
    device.queue.writeBuffer(buffer, 0, counts.slice(row * 576, (row + 3) * 576));
    return Given.fromGpuBuffer(buffer, { dataType: "float32", dims: [3, 576, 1] });
  });
  const spliced = async (features: SpliceInput) => {
    return await (await engine.splice(recipe, features, batch.images, { newline, separator })).tokens.data();
  };
  assertEquals(await spliced(sessionFeatures(outputs)), await spliced({ shape: [6, 576, 1], data: counts }));
});
