import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { assertSameTensor } from "../../support/compare/assert_same.ts";
import { onDevice } from "../../support/executors.ts";
import { goldenFeatures } from "../../support/features.ts";
import { syntheticPicture } from "../../support/pictures/synthetic.ts";

const recipe = customRecipe({ size: 64 });
const pictures = [1, 2, 3].map((seed) => syntheticPicture({ kind: "noise", w: 200, h: 150, seed }));

/**
 * Has `device` make buffers that are invalid, as where its memory is short, while `short` is true of their
 * bytes.
 */
function runsShort(device: GPUDevice): { of: (bytes: number) => boolean } {
  const shortage = { of: (_: number) => false };
  const createBuffer = device.createBuffer.bind(device);
  const impossible = GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE; // which the GPU complains about
  device.createBuffer = (descriptor) =>
    createBuffer(shortage.of(descriptor.size) ? { ...descriptor, usage: impossible } : descriptor);
  return shortage;
}

const { images, features, newline, separator } = goldenFeatures(336, 4, [[2, 3]]);
const words = { shape: [300, 40], data: new Float32Array(12000).fill(7) };

/** The methods of a device, and of its queue, by which tables and kernels come to be. */
type Maker = "createTexture" | "writeTexture" | "createShaderModule" | "createComputePipeline";

/** Has `device` fail by the GPU's complaint when a method is called the next time, and never again. */
function failsOnce(device: GPUDevice, maker: Maker): void {
  const { queue } = device, createTexture = device.createTexture.bind(device);
  const writeTexture = queue.writeTexture.bind(queue);
  const createShaderModule = device.createShaderModule.bind(device);
  const createComputePipeline = device.createComputePipeline.bind(device);
  if (maker === "createTexture") {
    device.createTexture = (descriptor) => {
      device.createTexture = createTexture;
      return createTexture({ ...descriptor, size: [2 ** 20, 2 ** 20] });
    };
  } else if (maker === "writeTexture") {
    queue.writeTexture = (goal, data, layout) => {
      queue.writeTexture = writeTexture;
      writeTexture(goal, data, layout, [2 ** 20, 1]);
    };
  } else if (maker === "createShaderModule") {
    device.createShaderModule = (descriptor) => {
      device.createShaderModule = createShaderModule;
      return createShaderModule({ ...descriptor, code: "no kernel" });
    };
  } else {
    device.createComputePipeline = (descriptor) => {
      device.createComputePipeline = createComputePipeline;
      return createComputePipeline({ ...descriptor, compute: { ...descriptor.compute, entryPoint: "none" } });
    };
  }
}

for (
  const maker of ["createTexture", "writeTexture", "createShaderModule", "createComputePipeline"] as const
) {
  onDevice(`Engine.run fails where ${maker} does, and is right when it is called again`, async (device) => {
    await using simd = await Engine.open({ executor: "simd", lanes: 0 });
    const right = await simd.run(recipe, pictures);
    await using engine = await Engine.open({ device });
    failsOnce(device, maker);
    // Either call records first, and fails. The other one may fail too, but not be wrong.
    const both = await Promise.allSettled([1, 2].map(() => engine.run(recipe, pictures)));
    assert(both.some(({ status }) => status === "rejected"), maker);
    for (const call of both) {
      if (call.status === "fulfilled") {
        await assertSameTensor(call.value.pixelValues, right.pixelValues, "the call beside it");
      } else {
        assert(call.reason instanceof VitrailError, maker);
        assertStringIncludes(call.reason.message, "the GPU refused the work");
      }
    }
    const again = await engine.run(recipe, pictures);
    await assertSameTensor(again.pixelValues, right.pixelValues, "the call after it");
  });
}

onDevice("Engine.rearrange is right where a table of its own was not uploaded", async (device) => {
  await using engine = await Engine.open({ device });
  const ramp = { shape: [3, 2], data: Float32Array.of(0, 1, 2, 3, 4, 5) };
  failsOnce(device, "writeTexture");
  await assertRejects(() => engine.rearrange(ramp, "a b -> b a"), VitrailError, "refused the rearrangement");
  const { data } = await engine.rearrange(ramp, "a b -> b a");
  assertEquals([...data], [0, 2, 4, 1, 3, 5]);
});

/** A method of an engine, what its error calls it, and work for it. */
const ASKED: [method: string, what: string, ask: (engine: Engine) => Promise<unknown>][] = [
  ["run", "work", (engine) => engine.run(recipe, pictures)],
  ["splice", "splice", (engine) => engine.splice(ixc24khd(), features, images, { newline, separator })],
  ["rearrange", "rearrangement", (engine) => engine.rearrange(words, "a b -> b a")],
];

for (const [method, what, ask] of ASKED) {
  onDevice(`Engine.${method} fails while memory is short, and not later`, async (device) => {
    const shortage = runsShort(device);
    await using engine = await Engine.open({ device });
    shortage.of = (bytes) => bytes > 20_000;
    const error = await assertRejects(() => ask(engine), VitrailError, `the GPU refused the ${what}`);
    assertEquals(error.code, "device");
    shortage.of = () => false;
    for (let again = 0; again < 3; again++) await ask(engine);
  });
}

onDevice("Engine.run leaves parts as they are where there is no memory to join them", async (device) => {
  const shortage = runsShort(device);
  await using engine = await Engine.open({ device, memory: 2 ** 20 }); // a chunk a picture
  const whole = await engine.run(recipe, pictures, { to: "device" });
  assertEquals(whole.pixelValues.parts.length, 1);
  const row = 3 * 64 * 64 * 4;
  shortage.of = (bytes) => bytes === 3 * row;
  const cut = await engine.run(recipe, pictures, { to: "device" });
  shortage.of = () => false;
  assertEquals(cut.pixelValues.parts.map(({ bytes }) => bytes), [row, row, row]);
  await assertSameTensor(cut.pixelValues, whole.pixelValues);
});

onDevice("Tensor.bytes fails where the buffer is gone, and gives no zeros", async (device) => {
  await using engine = await Engine.open({ device });
  const batch = await engine.run(recipe, pictures, { to: "device" });
  batch.pixelValues.buffer.destroy();
  const error = await assertRejects(() => batch.pixelValues.bytes(), VitrailError, "could not be copied");
  assertEquals(error.code, "device");
});

onDevice("Batch.dispose frees what is given back to a closed engine", async (device) => {
  const engine = await Engine.open({ device });
  const batch = await engine.run(recipe, pictures, { to: "device" });
  const { buffer } = batch.pixelValues;
  let freed = false;
  buffer.destroy = () => {
    freed = true;
  };
  engine.close();
  batch.dispose();
  assert(freed);
});

onDevice(
  "Engine.run frees the buffers that it has taken where its engine is closed meanwhile",
  async (device) => {
    const buffers = new Set<GPUBuffer>(), createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor), destroy = buffer.destroy.bind(buffer);
      buffers.add(buffer);
      buffer.destroy = () => {
        buffers.delete(buffer);
        destroy();
      };
      return buffer;
    };
    const { queue } = device, submit = queue.submit.bind(queue);
    for (const to of ["cpu", "device"] as const) {
      const engine = await Engine.open({ device });
      queue.submit = (commands) => {
        submit(commands);
        engine.close(); // while the run waits for the GPU's complaints
      };
      await assertRejects(() => engine.run(recipe, pictures, { to }), VitrailError, "the engine was closed");
      assertEquals(buffers.size, 0, to);
    }
  },
);
