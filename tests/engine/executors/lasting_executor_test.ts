import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import type { RunOptions } from "../../../src/engine/options.ts";
import { VitrailError } from "../../../src/errors.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { runtime } from "../../../src/runtime/here.ts";
import { assertSameTensor } from "../../support/compare/assert_same.ts";
import { WITHOUT_GPU } from "../../support/executors.ts";
import { goldenFeatures } from "../../support/features.ts";
import { EVERY_CALL } from "../../support/golden/golden_calls.ts";
import { type LosingDevices, losingDevices } from "../../support/gpu/losing_devices.ts";
import { spyOnLanes } from "../../support/lanes/lane_spy.ts";
import { syntheticPicture } from "../../support/pictures/synthetic.ts";

const recipe = customRecipe({ size: 56 });

/** Pictures of different sizes, so many that they take several chunks of the smallest memory. */
const PICTURES = Array.from({ length: 5 }, (_, seed) => {
  return syntheticPicture({ kind: "noise", w: 90 - seed * 7, h: 60 + seed * 5, seed: seed + 1 });
});

/** The smallest memory that an engine takes. */
const MEMORY = 2 ** 20;

/** Registers a test with an engine whose devices can be lost, and one of the CPU to compare it with. */
function onLosing(
  name: string,
  run: (engine: Engine, devices: LosingDevices, right: Engine) => Promise<void>,
  options: { lanes?: number } = { lanes: 0 },
): void {
  const fn = async () => {
    const { giveMemoryBack } = runtime;
    let given = 0;
    runtime.giveMemoryBack = () => Promise.resolve(void given++);
    using devices = losingDevices();
    using _own = { [Symbol.dispose]: () => void (runtime.giveMemoryBack = giveMemoryBack) };
    await using right = await Engine.open({ executor: "simd", lanes: 0 });
    {
      await using engine = await Engine.open({ executor: "webgpu", memory: MEMORY, ...options });
      await run(engine, devices, right);
      devices.lose();
      const again = await engine.run(recipe, PICTURES); // all of the memory is there
      await assertSameTensor(again.pixelValues, (await right.run(recipe, PICTURES)).pixelValues);
    }
    assertEquals(devices.destroyed, devices.opened, "devices that were left open");
    assertEquals(given, devices.opened - 1, "memory that was given back for each other device");
  };
  Deno.test({ name, ignore: WITHOUT_GPU, fn });
}

/** The calls of WebGPU at which a run of so many loses its device, spread over all of them. */
function points(calls: number): number[] {
  const count = EVERY_CALL ? calls : 2;
  return Array.from({ length: count }, (_, at) => Math.floor((at + 0.5) * calls / count));
}

/** Returns false for the error of a result that lay on a device which was lost once its call had ended. */
function wasLost(error: Error): false {
  assertMatch(error.message, /^the GPU device was lost .* run the call again$/);
  return false;
}

for (const to of ["cpu", "device"] as const) {
  onLosing(
    `Engine.run does again what was lost with a device, to the ${to}`,
    async (engine, devices, right) => {
      const expected = (await right.run(recipe, PICTURES)).pixelValues, seen: number[] = [];
      const options: RunOptions = { to, onProgress: (done) => seen.push(done) };
      (await engine.run(recipe, PICTURES, options)).dispose();
      const before = devices.calls;
      (await engine.run(recipe, PICTURES, options)).dispose();
      for (const point of points(devices.calls - before)) {
        devices.lose(point);
        const count = devices.opened;
        seen.length = 0;
        using first = await engine.run(recipe, PICTURES, options);
        assertEquals(seen, [...new Set(seen)].sort(), `progress, lost after ${point} calls`);
        assertEquals(seen.at(-1), PICTURES.length);
        devices.lose();
        const isThere = to === "cpu" || await first.pixelValues.bytes().then(() => true, wasLost);
        using batch = isThere ? first : await engine.run(recipe, PICTURES, options);
        assert(devices.opened <= count + 1, `${devices.opened - count} were opened`);
        await assertSameTensor(batch.pixelValues, expected, `lost after ${point} calls`);
      }
      assert(devices.opened > 2, "devices were lost");
    },
  );
}

onLosing("Engine.run does work again twice, and then says so", async (engine, devices, right) => {
  const [picture] = PICTURES, count = devices.opened;
  devices.lose(3, 3);
  using batch = await engine.run(recipe, [picture]);
  await assertSameTensor(batch.pixelValues, (await right.run(recipe, [picture])).pixelValues);
  assertEquals(devices.opened, count + 2);
  devices.lose(3, 3, 3);
  const error = await assertRejects(() => engine.run(recipe, [picture]), VitrailError);
  assertEquals([error.code, devices.opened], ["device", count + 5]);
  assertStringIncludes(error.message, "the GPU device was lost 3 times under the same work");
});

onLosing("Engine.run says that no other device can be opened, until one can", async (engine, devices) => {
  devices.lose(3);
  devices.refuses = true;
  for (let asked = 0; asked < 2; asked++) {
    const error = await assertRejects(() => engine.run(recipe, PICTURES), VitrailError);
    assertEquals(error.code, "device");
    assertStringIncludes(error.message, "the GPU device was lost, and no other one can be opened: ");
  }
  devices.refuses = false;
});

onLosing("Engine.stream goes on where its device is lost", async (engine, devices, right) => {
  let seen = 0;
  devices.lose(20, 40);
  for await (const batch of engine.stream(recipe, PICTURES)) {
    const expected = await right.run(recipe, [PICTURES[seen++]]);
    await assertSameTensor(batch.pixelValues, expected.pixelValues, `picture ${seen}`);
    batch.dispose();
  }
  assertEquals([seen, devices.opened], [PICTURES.length, 3]);
});

onLosing(
  "Engine.splice does again what was lost, but with what lay on the device",
  async (engine, devices, right) => {
    const { images, features, newline, separator } = goldenFeatures(336, 4, [[2, 1], [1, 1]]);
    const options = { newline, separator };
    const expected = await right.splice(ixc24khd(), features, images, options);
    for (const to of ["cpu", "device"] as const) {
      devices.lose(1);
      const made = await engine.splice(ixc24khd(), features, images, { ...options, to });
      await assertSameTensor(made.tokens, expected.tokens, to);
      made.tokens.dispose();
    }
    using kept = await engine.run(recipe, [PICTURES[0]], { to: "device" });
    devices.lose(1);
    const { data } = await engine.rearrange(
      { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
      "a b -> b a",
    );
    assertEquals([...data], [0, 3, 1, 4, 2, 5]);
    const read = await assertRejects(() => kept.pixelValues.bytes(), VitrailError, "run the call again");
    const spliced = () => engine.splice(ixc24khd(), kept.pixelValues, images, options);
    assertEquals([read.code, (await assertRejects(spliced, VitrailError)).code], ["device", "shape"]);
    assertEquals(devices.opened, 4);
  },
);

Deno.test({
  name: "Engine.stream goes on where the devices of its lanes are lost",
  ignore: WITHOUT_GPU,
  async fn() {
    const { startThread } = runtime,
      module = new URL("../../support/lanes/losing_lane_worker.ts", import.meta.url);
    runtime.startThread = (start) => startThread({ ...start, module });
    using spy = spyOnLanes();
    try {
      await using right = await Engine.open({ executor: "simd", lanes: 0 });
      await using engine = await Engine.open({ executor: "webgpu", lanes: 1 });
      const expected = await Promise.all(PICTURES.map((picture) => right.run(recipe, [picture])));
      for (const end = performance.now() + 60_000; spy.made < PICTURES.length;) {
        assert(performance.now() < end, engine.laneTrouble);
        let seen = 0;
        for await (const { pixelValues } of engine.stream(recipe, PICTURES)) {
          await assertSameTensor(pixelValues, expected[seen++].pixelValues);
        }
      }
      assertEquals([spy.workers.length, engine.lanes, engine.laneTrouble], [1, 1, undefined]);
      assertEquals(engine.lostDevices, 1);
    } finally {
      runtime.startThread = startThread;
    }
  },
});
