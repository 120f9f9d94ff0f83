import { assertEquals, assertStringIncludes } from "@std/assert";
import { Engine } from "../../src/engine/engine.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { fixtureBytes } from "../support/pictures/fixtures.ts";
import { dataUri, imageMessage, LocalService, PICTURES_ALONE, WITH_TEXTS } from "../support/serve/served.ts";
import { tensorsIn } from "../support/serve/tensors_in.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";

const files = ["rgb-420.jpg", "rgba.png", "lossless.webp"];
const [jpeg, png, webp] = await Promise.all(files.map(fixtureBytes));

/** Returns what engine.run gives of pictures, as a service's file has it. */
async function expected(engine: Engine, recipe: Recipe, pictures: Uint8Array[]) {
  using batch = await engine.run(recipe, pictures);
  const made: Record<string, { facts: string; bytes: Uint8Array }> = {};
  for (const [name, tensor] of Object.entries(batch.outputs)) {
    const facts = `${tensor.dtype.toUpperCase()} [${tensor.shape}]`;
    made[name] = { facts, bytes: (await tensor.bytes()).slice() };
  }
  return made;
}

/** The recipes that are served: of patches, of our own tiles, and of canvases padded to the largest. */
const RECIPES = [
  PICTURES_ALONE.recipe,
  customRecipe({ size: 56 }),
  recipeFromConfig({
    image_processor_type: "Idefics2ImageProcessor",
    size: { shortest_edge: 40, longest_edge: 100 },
  }),
];

Deno.test("preprocessRoute gives the bytes of engine.run, alone and beside others", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  for (const recipe of RECIPES) {
    const served = new LocalService({ recipe }, engine, { batchWait: 20, batchPictures: 9 });
    const calls = [[jpeg], [png, webp], [webp, jpeg, jpeg]];
    const answers = await Promise.all(calls.map((pictures) => {
      return served.post("/preprocess", { messages: [imageMessage(...pictures.map(dataUri))] });
    }));
    for (const [index, { status, bytes, json }] of answers.entries()) {
      assertEquals(status, 200, JSON.stringify(json));
      const right = await expected(engine, recipe, calls[index]), found = tensorsIn(bytes);
      for (const [name, { facts, bytes }] of Object.entries(right)) {
        assertEquals(found[name].facts, facts, `${recipe.name} ${name}`);
        assertSameBytes(found[name].bytes, bytes, `${recipe.name} ${name}`);
      }
    }
    const { bytes } = await served.ask("/metrics");
    assertStringIncludes(new TextDecoder().decode(bytes), "vitrail_batch_pictures_sum 6");
  }
});

Deno.test("preprocessRoute gives a conversation's text and clips beside its pictures", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const served = new LocalService(WITH_TEXTS, engine);
  const content = [
    { type: "video", video: [dataUri(png), dataUri(png)], fps: 1 },
    { type: "image_url", image_url: { url: dataUri(jpeg) } },
  ];
  const messages = [{ role: "user", content }],
    { bytes, status, json } = await served.post("/preprocess", { messages });
  assertEquals(status, 200, JSON.stringify(json));
  const found = tensorsIn(bytes), plan = (await served.post("/plan", { messages })).json;
  assertSameBytes(
    found.pixel_values.bytes,
    (await expected(engine, WITH_TEXTS.recipe, [jpeg])).pixel_values.bytes,
  );
  const clip = await engine.run(WITH_TEXTS.clips!, [[png, png]]);
  assertSameBytes(found.pixel_values_videos.bytes, await clip.outputs.pixel_values_videos.bytes());
  const ids = new BigInt64Array(found.input_ids.bytes.slice().buffer);
  assertEquals([...ids].map(Number), plan.input_ids[0]);
  assertEquals(found.position_ids.facts, `I64 [3,1,${ids.length}]`);
});

Deno.test("preprocessRoute answers each of several requests for itself where one is broken", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const served = new LocalService(PICTURES_ALONE, engine, { batchWait: 20, batchPictures: 9 });
  const broken = jpeg.slice(0, jpeg.length / 2);
  const [good, bad, other] = await Promise.all([jpeg, broken, png].map((bytes) => {
    return served.post("/preprocess", { messages: [imageMessage(dataUri(bytes))] });
  }));
  assertEquals([good.status, bad.status, other.status], [200, 422, 200]);
  assertEquals(bad.json.error.code, "decode");
  assertStringIncludes(bad.json.error.message, "messages[0].content[0]");
});

Deno.test("preprocessRoute refuses sizes, and results that no memory is for", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const served = new LocalService(PICTURES_ALONE, engine, { limits: { inFlightBytes: 100_000 } });
  const size = { role: "user", content: [{ type: "image", image: { width: 5, height: 5 } }] };
  const bare = await served.post("/preprocess", { messages: [size] });
  assertEquals([bare.status, bare.json.error.code], [422, "usage"]);
  assertStringIncludes(bare.json.error.message, "messages[0].content[0] is a size");
  const large = new LocalService({ recipe: ixc24khd({ hdNum: 4 }) }, engine, {
    limits: { inFlightBytes: 100_000 },
  });
  const { status, json } = await large.post("/preprocess", { messages: [imageMessage(dataUri(png))] });
  assertEquals([status, json.error.code], [413, "limit"]);
});

Deno.test("preprocessRoute gives the same bytes of a picture that it had before", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0, cache: "64MiB" });
  const served = new LocalService(PICTURES_ALONE, engine);
  const ask = () => served.post("/preprocess", { messages: [imageMessage(dataUri(jpeg), dataUri(webp))] });
  const first = await ask(), second = await ask();
  assertSameBytes(second.bytes, first.bytes);
  assertEquals(engine.cache!.hits, 2);
  const metrics = new TextDecoder().decode((await served.ask("/metrics")).bytes);
  assertStringIncludes(metrics, "vitrail_cache_hits_total 2");
});
