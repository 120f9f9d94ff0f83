import { Engine } from "../../src/engine/engine.ts";
import { VitrailError } from "../../src/errors.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { ixc24khd, ixc25 } from "../../src/recipes/tiled/ixc.ts";
import { assertSameTensor } from "../support/compare/assert_same.ts";
import { onDevice, onEngines } from "../support/executors.ts";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";

const recipe = customRecipe({ size: 8 });
const picture = { width: 3, height: 2, data: new Uint8Array(18).map((_, i) => i * 9) };

const REFUSED: [what: string, ask: (engine: Engine) => Promise<unknown>, text: string][] = [
  ["a dtype", (e) => e.run(recipe, [picture], { dtype: "f64" } as never), "dtype is one of f32, f16"],
  ["a destination", (e) => e.run(recipe, [picture], { to: "gpu" } as never), "to is one of cpu, device"],
  [
    "no options",
    (e) => e.run(recipe, [picture], null as never),
    "Engine.run takes options as a plain object",
  ],
  ["no size", (e) => e.resize(picture, undefined as never), "is resized to { width, height }"],
  ["one path", (e) => e.run(recipe, "a.jpg" as never), 'found the one "a.jpg"'],
  ["a picture alone", (e) => e.run(recipe, picture as never), 'found {"width":3'],
  ["a recipe's name", (e) => e.run("ixc25" as never, [picture]), 'found "ixc25"'],
  ["verifying on the device", (e) => e.run(recipe, [picture], { to: "device", verify: true }), "CPU memory"],
  [
    "a destination of tokens",
    (e) => e.splice(ixc25(), new Float32Array(1), [], { to: "gpu" } as never),
    "to is one of cpu, device",
  ],
  [
    "doubles",
    (e) => e.rearrange({ shape: [1], data: new Float64Array(1) } as never, "a -> a"),
    "found Float64Array",
  ],
  [
    "a box that is empty in single floats",
    (e) =>
      e.resize(picture, { width: 2, height: 1 }, {
        box: { left: 2.9999999999, top: 0, right: 3, bottom: 1 },
      }),
    "a box lies within",
  ],
];

for (const [what, ask, text] of REFUSED) {
  onEngines(`Engine refuses ${what}, as wrong usage`, async (engine) => {
    const error = await assertRejects(() => ask(engine), VitrailError);
    assertEquals(error.code, "usage");
    assertStringIncludes(error.message, text);
  });
}

Deno.test("Engine.open refuses a device that is none, and says how to get one", async () => {
  const given: [unknown, string][] = [
    [Promise.resolve(), "found a promise; await it"],
    [{ requestDevice: () => {} }, "found an adapter; give await adapter.requestDevice()"],
    [null, "found null"],
    [{}, "found {}"],
  ];
  for (const [device, text] of given) {
    const error = await assertRejects(() => Engine.open({ device: device as GPUDevice }), VitrailError);
    assertEquals([error.code, error.message], ["usage", `device is a GPUDevice, ${text}`]);
  }
});

onDevice("Engine.device is the one that it works on, and an error on the CPU", async (device) => {
  await using engine = await Engine.open({ device });
  assertEquals(engine.device === device, true);
  await using other = await Engine.open({ executor: "reference" });
  const error = assertThrows(() => other.device, VitrailError, "engine.device needs the webgpu executor");
  assertEquals(error.code, "device");
});

onEngines("Batch.dispose leaves arrays alone that were given to a worker", async (engine) => {
  const batch = await engine.run(ixc24khd({ hdNum: 1 }), [picture], { dtype: "u8" });
  const values: Uint8Array<ArrayBuffer> = await batch.pixelValues.data();
  structuredClone(values, { transfer: [values.buffer] });
  batch.dispose();
  for (const { name } of [batch.pixelValues, batch.outputs.global_values]) {
    await assertRejects(() => batch.outputs[name].data(), VitrailError, "disposed of");
  }
  using floats = await engine.run(ixc24khd({ hdNum: 1 }), [picture]);
  const elements: Float32Array<ArrayBuffer> = await floats.pixelValues.data(); // by type, without a cast
  const arranged = await engine.rearrange(
    { shape: floats.pixelValues.shape, data: elements },
    "n c h w -> n h w c",
  );
  const shape: number[] = arranged.shape;
  assertEquals(shape, [2, 336, 336, 3]);
  assertEquals(arranged.data[2], elements[2 * 336 * 336]);
});

onEngines("Engine.close has an engine reject all work", async (engine) => {
  const own = await Engine.open({ executor: engine.executor });
  own.close();
  for (
    const ask of [
      () => own.run(recipe, [picture]),
      () => own.rearrange({ shape: [1], data: new Uint8Array(1) }, "a -> a"),
      () => own.resize(picture, { width: 3, height: 2 }),
    ]
  ) {
    const error = await assertRejects(ask, VitrailError, "closed");
    assertEquals(error.code, "usage");
  }
});

onDevice("Engine.close ends work under way on a GPU in an error that says so", async (device) => {
  const engine = await Engine.open({ device, memory: 2 ** 20 });
  const onProgress = () => engine.close();
  const large = { width: 300, height: 200, data: new Uint8Array(180_000) }; // a chunk of its own
  const error = await assertRejects(
    () => engine.run(recipe, Array(9).fill(large), { onProgress }),
    VitrailError,
    "the engine was closed",
  );
  assertEquals(error.code, "device");
});

Deno.test("Engine.open refuses an executor that there is not, and an option's old name", async () => {
  const error = await assertRejects(
    () => Engine.open({ executor: "cuda" } as never),
    VitrailError,
    "cuda",
  );
  assertEquals(error.code, "usage");
  const old = { backend: "reference" } as never;
  const renamed = await assertRejects(() => Engine.open(old), VitrailError, '{ executor: "reference" }');
  assertEquals(renamed.code, "usage");
});

onEngines("Engine.rearrange moves halves by their bits, empty tensors, and scalars", async (engine) => {
  const halves = Float16Array.of(1.5, -2.25, 0, 65504);
  const arranged = await engine.rearrange({ shape: [2, 2], data: halves }, "a b -> b a");
  assertEquals([...arranged.data], [1.5, 0, -2.25, 65504]);
  assertEquals(arranged.data instanceof Float16Array, true);
  const empty = await engine.rearrange({ shape: [0, 3], data: new Float32Array() }, "a b -> b a");
  assertEquals([empty.shape, empty.data], [[3, 0], new Float32Array()]);
  const scalar = await engine.rearrange({ shape: [], data: Int32Array.of(-5) }, "-> r", { r: 3 });
  assertEquals([scalar.shape, scalar.data], [[3], Int32Array.of(-5, -5, -5)]);
});

Deno.test("Engine.runPlan runs a plan as it is, and refuses pictures of other sizes", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  const own = customRecipe({ size: 28 }), sizes = [{ width: 40, height: 30 }, { width: 20, height: 50 }];
  const pictures = sizes.map(({ width, height }) => {
    return { width, height, data: new Uint8Array(width * height * 3).map((_, i) => i) };
  });
  const plan = planSample(own, sizes), { pixel_values } = await engine.runPlan(plan, pictures);
  const { pixelValues } = await engine.run(own, pictures);
  await assertSameTensor(pixel_values, pixelValues);
  await assertRejects(
    () => engine.runPlan(plan, pictures.toReversed()),
    VitrailError,
    "has changed since it was planned: it is 20x50, and was 40x30",
  );
  await assertRejects(
    () => engine.runPlan(plan, pictures.slice(1)),
    VitrailError,
    "the plan is of 2 pictures, and 1 are given",
  );
});
