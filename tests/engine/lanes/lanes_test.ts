import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { nullDevice } from "../../../bench/host/null_device.ts";
import { encodePng } from "../../../src/codecs/encode_png.ts";
import type { Picture, RawPixels } from "../../../src/codecs/picture.ts";
import type { Call } from "../../../src/engine/call.ts";
import { Engine } from "../../../src/engine/engine.ts";
import type { EngineOptions } from "../../../src/engine/options.ts";
import type { Batch } from "../../../src/engine/results/batch.ts";
import { GARBAGE_KEPT } from "../../../src/engine/lanes/ballast.ts";
import { lanesMissing } from "../../../src/engine/lanes/worker_lane.ts";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { runtime } from "../../../src/runtime/here.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { assertSameTensor } from "../../support/compare/assert_same.ts";
import { WITHOUT_GPU } from "../../support/executors.ts";
import { type LaneSpy, spyOnLanes } from "../../support/lanes/lane_spy.ts";
import { rgbaOf } from "../../support/pictures/rgba.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";

const recipe = customRecipe({ size: 48, tile: 24 });

/** True where all that is heavy is tested, too. */
const ALL = Deno.env.get("VITRAIL_GOLDENS") === "all";

function pixels(index: number): RawPixels {
  const width = 20 + index % 7, height = 12 + index % 5;
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed: index + 1 }) };
}

function pixelsOf(count: number): RawPixels[] {
  return Array.from({ length: count }, (_, index) => pixels(index));
}

/** Pictures of every kind: pixels, bytes, parts of longer arrays, a `Blob`, a `File`, a path, a URL. */
async function pictures(): Promise<Picture[]> {
  const own = pixels(1);
  const png = Uint8Array.from(await encodePng(own.width, own.height, rgbaOf(own.data)));
  const longer = new Uint8Array(png.length + 20);
  longer.set(png, 11);
  const url = new URL("../../fixtures/codecs/grey-1bit.png", import.meta.url);
  return [
    pixels(0),
    png,
    longer.subarray(11, 11 + png.length),
    new Blob([png]),
    new File([png], "named.png"),
    fileURLToPath(url),
    url,
    { ...pixels(2), data: new Uint8ClampedArray(pixels(2).data) },
    png.buffer.slice(0, png.length) as ArrayBuffer,
  ];
}

/** Opens an engine, and streams small pictures until it has all of its lanes, and they have made chunks. */
async function withLanes(spy: LaneSpy, options: EngineOptions & { lanes: number }): Promise<Engine> {
  const engine = await Engine.open(options), made = spy.made + 2 * options.lanes;
  const opened = spy.opened + options.lanes, end = performance.now() + 30_000;
  function* untilOpen() {
    while (spy.opened < opened || spy.made < made) {
      assert(performance.now() < end, `${spy.opened} lanes have made ${spy.made} chunks`);
      yield pixels(0);
    }
  }
  for await (const batch of engine.stream(recipe, untilOpen())) batch.dispose();
  assertEquals(engine.lanes, options.lanes);
  return engine;
}

async function collected(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

async function assertSameBatches(actual: readonly Batch[], expected: readonly Batch[]): Promise<void> {
  assertEquals(actual.length, expected.length);
  for (const [index, { outputs, names }] of expected.entries()) {
    assertEquals(actual[index].names, names);
    assertEquals(Object.keys(actual[index].outputs), Object.keys(outputs));
    for (const [name, tensor] of Object.entries(outputs)) {
      await assertSameTensor(actual[index].outputs[name], tensor, `batch ${index}`);
    }
  }
}

const VIDEO = {
  video_processor_type: "Qwen3VLVideoProcessor",
  patch_size: 8,
  size: { shortest_edge: 32 * 48, longest_edge: 64 * 96 * 8 },
};

/** A recipe of each kind, and a call of it: patches, squares, padded pictures, and a clip. */
const KINDS: readonly (readonly [config: Record<string, unknown>, call: Call])[] = [
  [{ image_processor_type: "Qwen2VLImageProcessor", min_pixels: 28 * 28, max_pixels: 56 * 84 }, pixelsOf(5)],
  [{ image_processor_type: "CLIPImageProcessor", size: { shortest_edge: 24 }, crop_size: 24 }, pixelsOf(4)],
  [{ image_processor_type: "PixtralImageProcessor", size: { longest_edge: 40 }, patch_size: 8 }, pixelsOf(5)],
  [
    {
      image_processor_type: "Idefics3ImageProcessor",
      size: { longest_edge: 32 },
      max_image_size: { longest_edge: 16 },
    },
    [pixelsOf(2), pixelsOf(3)],
  ],
  [VIDEO, [
    { frames: Array<RawPixels>(12).fill(pixels(3)), fps: 6 },
    { frames: Array<RawPixels>(8).fill(pixels(4)), fps: 8 },
  ]],
];

/** Holds an executor with lanes to the same without. */
async function assertLanesAgree(executor: "simd" | "webgpu", counts: readonly number[]): Promise<void> {
  using spy = spyOnLanes();
  await using alone = await Engine.open({ executor, lanes: 0 });
  const given = await pictures(), samples = [given.slice(0, 3), [given[3]], given.slice(4)];
  for (const lanes of counts) {
    await using engine = await withLanes(spy, { executor, lanes });
    const before = spy.made;
    for (const calls of [given, samples]) {
      const batches = await collected(engine.stream(recipe, calls));
      await assertSameBatches(batches, await collected(alone.stream(recipe, calls)));
      for (const batch of batches) batch.dispose(); // their memory is the next ones'
    }
    for (const options of [{ dtype: "f16" }, { dtype: "u8" }, { alpha: "white" }] as const) {
      await assertSameBatches([await engine.run(recipe, given, options)], [
        await alone.run(recipe, given, options),
      ]);
    }
    assert(spy.made - before >= given.length * 2, `${spy.made - before} chunks were made by ${lanes} lanes`);
    for (const [config, call] of KINDS) {
      const kind = recipeFromConfig(config), made = spy.made;
      for (const dtype of ["f32", "f16"] as const) {
        await assertSameBatches([await engine.run(kind, call, { dtype })], [
          await alone.run(kind, call, { dtype }),
        ]);
      }
      assert(spy.made > made, `${kind.name} is made by ${lanes} lanes`);
    }
  }
}

Deno.test("Engine.run has a Worker compute one large picture, and small ones on its own thread", async () => {
  using spy = spyOnLanes();
  await using engine = await Engine.open({ executor: "simd" });
  await using alone = await Engine.open({ executor: "simd", lanes: 0 });
  for (const { side, made } of [{ side: 64, made: 0 }, { side: 4200, made: 1 }]) {
    const picture = { width: side, height: side - 50, data: new Uint8Array(side * (side - 50) * 3) };
    for (let at = 0; at < picture.data.length; at += 101) picture.data[at] = at;
    const batches = [await engine.run(recipe, [picture])];
    await assertSameBatches(batches, [await alone.run(recipe, [picture])]);
    assertEquals([spy.made, spy.opened], [made, made]);
  }
  (await engine.run(recipe, [0, 1, 2, 3].map(pixels))).dispose();
  assertEquals(spy.workers.length, 1); // a long chunk does not end the patience with short ones
});

Deno.test("Lanes make the tensors that are made without them, in order (simd)", async () => {
  await assertLanesAgree("simd", [1, 3]);
});

Deno.test({
  name: "Lanes make the tensors that are made without them, in order (webgpu)",
  ignore: WITHOUT_GPU,
  fn: () => assertLanesAgree("webgpu", ALL ? [1, 3] : [3]),
});

Deno.test("Lanes take clips' frames from their sources, and plans as they are", async () => {
  using spy = spyOnLanes();
  await using engine = await withLanes(spy, { executor: "simd", lanes: 1 });
  await using alone = await Engine.open({ executor: "simd", lanes: 0 });
  const video = recipeFromConfig(VIDEO);
  const clip = () => ({ frames: Array.from({ length: 20 }, () => pixels(3)), fps: 8 });
  const made = spy.made, own = await engine.run(video, [clip(), clip()]);
  await assertSameBatches([own], [await alone.run(video, [clip(), clip()])]);
  assert(spy.made - made > 1, "a clip is made in several chunks");
  const given = [0, 1, 2].map(pixels), plan = planSample(recipe, given);
  const [actual, expected] = [await engine.runPlan(plan, given), await alone.runPlan(plan, given)];
  for (const [name, tensor] of Object.entries(expected)) await assertSameTensor(actual[name], tensor, name);
});

Deno.test("Lanes end a stream and a run as without them, and go on", async () => {
  using spy = spyOnLanes();
  await using engine = await withLanes(spy, { executor: "simd", lanes: 2 });
  await using alone = await Engine.open({ executor: "simd", lanes: 0 });
  const short = { width: 3, height: 3, data: new Uint8Array(5) };
  const noise = synthetic({ kind: "noise", w: 40, h: 30, seed: 1 });
  const cut = (await encodePng(40, 30, rgbaOf(noise))).subarray(
    0,
    900,
  );
  for (const [bad, code] of [[short, "shape"], [cut, "decode"], ["gone.jpg", "io"], [7, "usage"]] as const) {
    const given = [pixels(0), pixels(1), bad as Picture, cut, pixels(4)], messages: string[][] = [];
    for (const own of [engine, alone]) {
      let seen = 0;
      const streamed = await assertRejects(async () => {
        for await (const _ of own.stream(recipe, given)) seen++;
      }, VitrailError);
      assertEquals([seen, streamed.code], [2, code]);
      const error = await assertRejects(() => own.run(recipe, given), VitrailError);
      messages.push([streamed.message, error.code, error.message]);
    }
    assertEquals(messages[0], messages[1]);
  }
  let seen = 0;
  for await (const _ of engine.stream(recipe, Array.from({ length: 50 }, (_, i) => pixels(i)))) {
    if (++seen === 5) break;
  }
  const progress: number[] = [], onProgress = (done: number) => progress.push(done);
  await engine.run(recipe, [0, 1, 2, 3, 4].map(pixels), { onProgress });
  assertEquals([progress.at(-1), progress], [5, progress.toSorted((a, b) => a - b)]);
  assertEquals(engine.lanes, 2);
  assertEquals(await memoryGivenBack(engine), [1, 1, 1, 2]);
});

/**
 * Counts how often this thread has given memory back after a stream, another at once, and two that follow
 * later, where giving it back takes 100 ms.
 */
async function memoryGivenBack(engine: Engine): Promise<number[]> {
  const { giveMemoryBack } = runtime, { now } = performance, counts: number[] = [];
  let count = 0, later = 0;
  runtime.giveMemoryBack = () => Promise.resolve(void count++);
  performance.now = () => now.call(performance) + later + 100 * count;
  try {
    for (later of [1, 1, 2, 3.5].map((times) => times * GARBAGE_KEPT)) {
      for await (const batch of engine.stream(recipe, pixelsOf(4))) batch.dispose();
      counts.push(count);
    }
  } finally {
    runtime.giveMemoryBack = giveMemoryBack;
    performance.now = now;
  }
  return counts;
}

Deno.test("Lanes that are ended in the middle are replaced, and have their chunks made again", async () => {
  using spy = spyOnLanes();
  await using engine = await withLanes(spy, { executor: "simd", lanes: 2 });
  await using alone = await Engine.open({ executor: "simd", lanes: 0 });
  const file = new URL("../../fixtures/codecs/grey-1bit.png", import.meta.url); // whose bytes go with a lane
  const given = Array.from({ length: 24 }, (_, index) => index % 3 ? file : pixels(index));
  const batches: Batch[] = [];
  for await (const batch of engine.stream(recipe, given)) {
    batches.push(batch);
    if (batches.length === 4) spy.workers[0].terminate();
    if (batches.length === 14) spy.workers[1].terminate();
  }
  await assertSameBatches(batches, await collected(alone.stream(recipe, given)));
  const end = performance.now() + 30_000;
  while (!/ 2 of them replaced/.test(engine.laneTrouble!)) {
    assert(performance.now() < end, engine.laneTrouble);
    (await engine.run(recipe, given)).dispose();
  }
  const trouble = "lanes: 2 were lost, 2 of them replaced; 2 of 2 can work; a lane is gone: its Worker ended";
  assertEquals([engine.laneTrouble, engine.lanes, spy.workers.length], [trouble, 2, 4]);
});

Deno.test("Lanes that are ended again and again are replaced twice, then by lane 0", async () => {
  using spy = spyOnLanes();
  await using engine = await withLanes(spy, { executor: "simd", lanes: 1 });
  await using alone = await Engine.open({ executor: "simd", lanes: 0 });
  const given: RawPixels[] = [], batches: Batch[] = [], end = performance.now() + 30_000;
  function* untilNoLanes() {
    for (let more = 5; more > 0; more -= engine.lanes === 0 ? 1 : 0) {
      assert(performance.now() < end, engine.laneTrouble);
      given.push(pixels(given.length));
      yield given.at(-1)!;
    }
  }
  let killed = 0, made = spy.made;
  for await (const batch of engine.stream(recipe, untilNoLanes())) {
    batches.push(batch);
    if (spy.opened === killed || spy.made === made) continue; // none replaces one that is still opening
    spy.workers[killed++].terminate();
    made = spy.made;
  }
  assertEquals([engine.lanes, killed, spy.workers.length], [0, 3, 3]);
  assertMatch(engine.laneTrouble!, /^lanes: 3 were lost, 2 of them replaced; 0 of 1 can work; /);
  await assertSameBatches(batches, await collected(alone.stream(recipe, given)));
});

Deno.test("Lanes that have work when their engine is closed fail it, and end", async () => {
  using spy = spyOnLanes();
  const engine = await withLanes(spy, { executor: "simd", lanes: 2 });
  let closing: Promise<void> | undefined;
  const onProgress = () => closing ??= engine[Symbol.asyncDispose]();
  const given = Array.from({ length: 60 }, (_, index) => pixels(index));
  const error = await assertRejects(() => engine.run(recipe, given, { onProgress }), VitrailError);
  const message = "the engine was closed while it worked; open another one";
  assertEquals([error.code, error.message], ["device", message]);
  await closing;
  const opening = await Engine.open({ executor: "simd", lanes: 3 });
  const begun = opening.run(recipe, [0, 1, 2, 3].map(pixels));
  begun.catch(() => {});
  await opening[Symbol.asyncDispose](); // while its Workers start
});

Deno.test("Lanes share the memory budget, and say as without them what is too large for it", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 2, memory: 2 ** 20 });
  await using alone = await Engine.open({ executor: "simd", lanes: 0, memory: 2 ** 20 });
  const large = customRecipe({ size: 672, tile: 336 }),
    given = [pixels(0), pixels(1)],
    calls = [given, given];
  const why = /^picture 1 \(20x12\) on a canvas of .* the budget is 1.0 MiB; raise it/;
  for (const own of [engine, alone]) {
    const error = await assertRejects(() => own.run(large, given), VitrailError);
    assertEquals(error.code, "limit");
    assertMatch(error.message, why);
    const streamed = await assertRejects(() => collected(own.stream(large, calls)), VitrailError);
    assertEquals(streamed.message, `call 1 of the stream: ${error.message}`);
  }
  await assertSameBatches([await engine.run(recipe, given)], [await alone.run(recipe, given)]);
});

Deno.test({
  name: "Lanes are none where their module may not be read, and lane 0 works",
  permissions: { read: false, sys: true, env: true },
  async fn() {
    await using engine = await Engine.open({ executor: "simd", lanes: 2 });
    assertEquals((await engine.run(recipe, [0, 1, 2].map(pixels))).images.length, 3);
    assertEquals(engine.lanes, 0);
    const missing = await lanesMissing({ executor: "simd", memory: 2 ** 30 });
    assertMatch(missing ?? "", /^lanes need --allow-read of .*src\W$/);
  },
});

Deno.test("Lanes keep no process running that has forgotten its engine", async () => {
  const program = fileURLToPath(new URL("../../support/lanes/forgotten_engine.ts", import.meta.url));
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-read", program],
    stderr: "inherit",
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "1\n"]);
});

Deno.test("Engine.open refuses lanes that there cannot be", async () => {
  for (const lanes of [-1, 1.5, NaN, 1000]) {
    const error = await assertRejects(() => Engine.open({ executor: "simd", lanes }), VitrailError);
    assertEquals(error.message, `lanes is a whole number from 0 to 256, found ${lanes}`);
  }
  const { device } = nullDevice();
  const error = await assertRejects(() => Engine.open({ device, lanes: 1 }), VitrailError);
  assertEquals(error.message, "lanes open devices of their own; give a device or lanes, not both");
});
