import { assert, assertEquals, assertRejects } from "@std/assert";
import { readHeader } from "../../../src/codecs/headers/header.ts";
import { areForOneUse, bytesOfFile } from "../../../src/codecs/picture.ts";
import { knownImages } from "../../../src/engine/cache/known_images.ts";
import { RowCache } from "../../../src/engine/cache/row_cache.ts";
import { Budget } from "../../../src/engine/run/budget.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { Call } from "../../../src/engine/call.ts";
import { Engine } from "../../../src/engine/engine.ts";
import type { RunOptions } from "../../../src/engine/options.ts";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { assertSameTensor } from "../../support/compare/assert_same.ts";
import { EVERY_CALL } from "../../support/golden/golden_calls.ts";
import { fixtureBytes, fixtureUrl } from "../../support/pictures/fixtures.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";
import { DOCUMENT_SAMPLES } from "../../support/recipes/documents_cases.ts";
import { PATCH_SAMPLES } from "../../support/recipes/patches_cases.ts";
import { TILE_SAMPLES } from "../../support/recipes/tiles_cases.ts";
import { CASES } from "../../support/recipes/samples_cases.ts";
import { inFolder } from "../../support/temporary_folder.ts";

const A = noise(200, 120, 11), B = noise(70, 150, 12), C = noise(90, 90, 13), D = noise(120, 200, 14);

function noise(width: number, height: number, seed: number) {
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed }) };
}

const small = customRecipe({ size: 56 });

/** Classes of patches, of padding by rows of zeros and by masks, of tiles, and of tensors in a list. */
const QUICK = ["Qwen2VL", "Mllama", "LlavaNext", "Phi4Multimodal", "Lfm2Vl"].map((name) =>
  `${name}ImageProcessor`
);

/** Runs a call on both engines, and fails unless all outputs are equal. */
async function assertSameRun(
  engines: readonly [Engine, Engine],
  recipe: Recipe,
  call: Call,
  options: RunOptions = {},
): Promise<void> {
  const [own, right] = await Promise.all(engines.map((engine) => engine.run(recipe, call, options)));
  assertEquals(Object.keys(own.outputs), Object.keys(right.outputs));
  for (const [name, tensor] of Object.entries(own.outputs)) {
    await assertSameTensor(
      tensor,
      right.outputs[name],
      `${recipe.name} ${JSON.stringify(recipe.parameters)}`,
    );
  }
  own.dispose();
  right.dispose();
}

/** Opens an engine with a cache, and one without. */
async function openBoth(cache: number | string, lanes = 0): Promise<[Engine, Engine]> {
  return [
    await Engine.open({ executor: "simd", lanes, cache }),
    await Engine.open({ executor: "simd", lanes: 0 }),
  ];
}

Deno.test("RowCache gives every family's bytes, also beside pictures that it has not", async () => {
  const [engine, plain] = await openBoth("256MiB");
  const all = [...CASES, ...PATCH_SAMPLES, ...TILE_SAMPLES, ...DOCUMENT_SAMPLES];
  const taken = all.filter(({ type }) => EVERY_CALL || QUICK.includes(type));
  const recipes = taken.map(({ type, config }) =>
    recipeFromConfig({ image_processor_type: type, ...config })
  );
  for (const recipe of [...recipes, small]) {
    await assertSameRun([engine, plain], recipe, [A, B]);
    await assertSameRun([engine, plain], recipe, [[C, A], [B, D]]);
    await assertSameRun([engine, plain], recipe, [A, B]);
  }
  assert(engine.cache!.hits >= 3 * recipes.length, `${engine.cache!.hits} hits`);
  assertEquals(plain.cache, undefined);
  engine.close();
  plain.close();
});

Deno.test("RowCache takes and gives the rows of lanes", async () => {
  const [engine, plain] = await openBoth("64MiB", 2);
  for (const call of [[A, B], [C, A, D, B], [D, C]]) await assertSameRun([engine, plain], small, call);
  assertEquals([engine.cache!.hits, engine.cache!.misses], [4, 4]);
  await engine[Symbol.asyncDispose]();
  plain.close();
});

Deno.test("RowCache keys pictures by their contents, whatever their names are", async () => {
  const [engine, plain] = await openBoth("64MiB");
  await inFolder(async (folder) => {
    const path = `${folder}/a.jpg`,
      [jpeg, png] = await Promise.all(["rgb-420.jpg", "rgba.png"].map(fixtureBytes));
    await Deno.writeFile(path, jpeg);
    for (const picture of [path, jpeg, new Blob([jpeg as BlobPart]), fixtureUrl("rgb-420.jpg")]) {
      await assertSameRun([engine, plain], small, [picture]);
    }
    assertEquals([engine.cache!.hits, engine.cache!.misses], [3, 1]);
    await Deno.writeFile(path, png);
    await assertSameRun([engine, plain], small, [path]);
    await assertSameRun([engine, plain], small, [path], { alpha: "white" });
    await assertSameRun([engine, plain], small, [path], { dtype: "u8" });
    assertEquals([engine.cache!.hits, engine.cache!.misses], [3, 4]);
  });
  engine.close();
  plain.close();
});

Deno.test("RowCache holds a file's bytes as they are, for all pieces of their picture", async () => {
  const file = fixtureUrl("rgb-420.jpg"), bytes = bytesOfFile(await Deno.readFile(file), file);
  const plan = planSample(small, [readHeader(bytes, "a.jpg")]), budget = new Budget(2 ** 20);
  using known = await knownImages(
    new RowCache(2 ** 20),
    plan,
    () => Promise.resolve(bytes),
    {},
    budget,
    undefined,
  );
  const held = await known.picture(0) as Uint8Array;
  assert(held.buffer === bytes.buffer && !areForOneUse(held));
});

Deno.test("RowCache names a picture that fails, and keeps nothing of it", async () => {
  const [engine, plain] = await openBoth("64MiB");
  const broken = (await fixtureBytes("rgb-420.jpg")).slice(0, 900);
  const messages = await Promise.all([engine, plain].map(async (own) => {
    return (await assertRejects(() => own.run(small, [A, B, broken, C]), VitrailError)).message;
  }));
  assertEquals(messages[0], messages[1]);
  await assertRejects(() => engine.run(small, [broken]), VitrailError, "picture 1");
  assertEquals(engine.cache!.hits, 0);
  engine.close();
  plain.close();
});

Deno.test("RowCache hands out no rows that a caller could change", async () => {
  const [engine, plain] = await openBoth("64MiB");
  for (let run = 0; run < 3; run++) {
    const batch = await engine.run(small, [A]);
    (await batch.pixelValues.data()).fill(run);
    if (run === 1) batch.dispose();
  }
  await assertSameRun([engine, plain], small, [A]);
  assertEquals(engine.cache!.hits, 3);
  engine.close();
  plain.close();
});

Deno.test("RowCache keeps the rows of what it was asked by, also where a caller changes that", async () => {
  const [engine, plain] = await openBoth("64MiB"), png = await fixtureBytes("rgba.png");
  for (const turns of [0, 1, 4]) {
    const pixels = noise(300, 200, turns), file = png.slice();
    const running = engine.run(small, [pixels, file]);
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve));
    pixels.data.fill(0);
    file.set(await fixtureBytes("rgb-420.jpg").then((jpeg) => jpeg.subarray(0, file.length)));
    await running;
    await assertSameRun([engine, plain], small, [noise(300, 200, turns), png]);
    await assertSameRun([engine, plain], small, [pixels]);
  }
  engine.close();
  plain.close();
});

Deno.test("RowCache takes pictures in memory that threads share", async () => {
  const [engine, plain] = await openBoth("64MiB"), jpeg = await fixtureBytes("rgb-420.jpg");
  const shared = new Uint8Array(new SharedArrayBuffer(jpeg.length));
  shared.set(jpeg);
  await assertSameRun([engine, plain], small, [shared]);
  await assertSameRun([engine, plain], small, [jpeg]);
  assertEquals(engine.cache!.hits, 1);
  engine.close();
  plain.close();
});

Deno.test("RowCache is not asked for pictures that no memory is for, in all calls together", async () => {
  const lanes = 0, memory = 2 ** 22, plain = await Engine.open({ executor: "simd", lanes });
  const engine = await Engine.open({ executor: "simd", lanes, memory, cache: "64MiB" });
  const calls = [1, 2, 3].map((seed) => [noise(600, 400, seed)]); // 720 KB each, 1 MiB for all
  for (let run = 0; run < 2; run++) {
    await Promise.all(calls.map((call) => assertSameRun([engine, plain], small, call)));
  }
  const { hits, misses } = engine.cache!;
  assert(hits + misses < 6 && hits + misses >= 2, `${hits} hits and ${misses} misses`);
  await assertSameRun([engine, plain], small, calls[0]); // the memory is free again
  assertEquals(engine.cache!.hits + engine.cache!.misses, hits + misses + 1);
  engine.close();
  plain.close();
});

Deno.test("RowCache stays within its bytes, and keeps what was wanted last", async () => {
  const [engine, plain] = await openBoth(2 ** 18);
  const pictures = Array.from({ length: 12 }, (_, seed) => noise(60 + seed, 50, seed));
  for (const picture of pictures) {
    await assertSameRun([engine, plain], small, [picture]);
    await assertSameRun([engine, plain], small, [pictures[0]]);
    const { bytes, most } = engine.cache!;
    assert(bytes <= most && most === 2 ** 18, `${bytes} of ${most}`);
  }
  const { hits, misses, entries } = engine.cache!;
  assertEquals([hits, misses], [12, 12]);
  assert(entries > 0 && entries < 12, `${entries} entries`);
  await assertSameRun([engine, plain], ixc24khd({ hdNum: 4 }), [noise(500, 200, 9)]); // larger than it
  assert(engine.cache!.bytes <= 2 ** 18);
  engine.close();
  plain.close();
});

Deno.test("RowCache lets progress end with the last picture", async () => {
  const [engine, plain] = await openBoth("64MiB");
  await engine.run(small, [B]);
  const told: number[] = [];
  await engine.run(small, [A, C, B], { onProgress: (done) => told.push(done) });
  assertEquals(told, [2, 3]);
  engine.close();
  plain.close();
});

Deno.test("cacheBytes refuses what is no size", async () => {
  for (const cache of ["much", -1, NaN, 1.5, null, {}] as never[]) {
    await assertRejects(() => Engine.open({ executor: "reference", cache }), VitrailError, "cache is a");
  }
  for (const cache of [0, "0"]) {
    await using engine = await Engine.open({ executor: "reference", cache });
    assertEquals(engine.cache, undefined);
  }
});
