import { assert, assertEquals, assertRejects } from "@std/assert";
import { encodePng } from "../../src/codecs/encode_png.ts";
import { Engine } from "../../src/engine/engine.ts";
import { Budget } from "../../src/engine/run/budget.ts";
import { DecodeGate } from "../../src/engine/run/decode_gate.ts";
import { freePixels, loadChunk } from "../../src/engine/run/load_chunk.ts";
import { mapLimited } from "../../src/engine/run/map_limited.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { onEngines, onOneEngine } from "../support/executors.ts";
import { heldMiB } from "../support/memory.ts";

Deno.test("Budget gives in the order of asking, and no more than there is", async () => {
  const budget = new Budget(10), seen: string[] = [];
  const take = (name: string, bytes: number) => budget.take(bytes).then(() => seen.push(name));
  await take("a", 6);
  const waiting = [take("b", 10), take("c", 1)]; // c would fit, but b came first
  await Promise.resolve();
  assertEquals(seen, ["a"]);
  budget.give(6);
  await waiting[0];
  assertEquals(seen, ["a", "b"]);
  budget.give(10);
  await waiting[1];
  assertEquals(seen, ["a", "b", "c"]);
});

Deno.test("DecodeGate lets a few in at once, the largest of those that wait first", async () => {
  const gate = new DecodeGate(2), begun: number[] = [];
  let inside = 0, most = 0;
  const decode = (pixels: number) =>
    gate.pass(pixels, async () => {
      begun.push(pixels);
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inside--;
      if (pixels === 9) throw new RangeError("damaged");
      return pixels;
    });
  const made = await Promise.allSettled([5, 1, 3, 9, 7].map(decode));
  assertEquals(begun, [5, 1, 9, 7, 3]);
  assertEquals(most, 2);
  assertEquals(made.map((one) => one.status === "fulfilled" && one.value), [5, 1, 3, false, 7]);
});

Deno.test("mapLimited begins no other item after a failure", async () => {
  let begun = 0;
  const work = async (item: number) => {
    begun++;
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (item === 1) throw new RangeError("bad");
    return item;
  };
  await assertRejects(() => mapLimited(Array.from({ length: 50 }, (_, i) => i), 4, work), RangeError, "bad");
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert(begun <= 8, `${begun}`);
});

onEngines("Engine.run keeps the pixels of few pictures of a call of many", async (engine) => {
  const png = await encodePng(1000, 1000, new Uint8Array(4_000_000).fill(99)); // 50 of them have 200 MB
  let most = 0;
  const onProgress = (done: number) => {
    if (done % 10 === 0) most = Math.max(most, heldMiB());
  };
  const before = heldMiB();
  await using small = await Engine.open({ executor: engine.executor, memory: 32 * 2 ** 20 });
  const batch = await small.run(customRecipe({ size: 16 }), Array<Uint8Array>(50).fill(png), { onProgress });
  assertEquals(batch.pixelValues.shape, [50, 3, 16, 16]);
  assert(most - before < 60, `${before} MiB became ${most}`);
});

onEngines("Engine.stream reads no more pictures at once than the budget holds", async ({ executor }) => {
  await using engine = await Engine.open({ executor, memory: 6 * 2 ** 20 });
  let reading = 0, most = 0;
  const png = await encodePng(1000, 1000, new Uint8Array(4_000_000).fill(99)) as Uint8Array<ArrayBuffer>;
  class Watched extends Blob {
    #reads = 0;
    override async arrayBuffer() {
      if (this.#reads++ > 0) most = Math.max(most, ++reading); // first comes the header
      return await super.arrayBuffer();
    }
  }
  const recipe = customRecipe({ size: 16 });
  const calls = Array.from({ length: 6 }, () => new Watched([png]));
  for await (const batch of engine.stream(recipe, calls, { onProgress: () => reading-- })) batch.dispose();
  assertEquals(most, 1); // a picture takes 4 of 6 MiB
});

onOneEngine(
  "Engine.run reads a file once, unless it is too large to be kept from its header on",
  async (engine) => {
    const { readFile, open } = Deno, read: string[] = [];
    Deno.readFile = (path) => {
      read.push(`all of ${path}`);
      return readFile(path);
    };
    Deno.open = (path, options) => {
      read.push(`some of ${path}`);
      return open(path, options);
    };
    const folder = await Deno.makeTempDir(), small = `${folder}/small.bmp`, large = `${folder}/large.bmp`;
    try {
      await Deno.writeFile(small, bmpOf(40, 30));
      await Deno.writeFile(large, bmpOf(1800, 1600)); // 8.6 MB
      read.length = 0;
      await engine.run(customRecipe({ size: 64 }), [small, large]);
    } finally {
      Object.assign(Deno, { readFile, open });
      await Deno.remove(folder, { recursive: true });
    }
    assertEquals(read.sort(), [`all of ${large}`, `all of ${small}`, `some of ${large}`]);
  },
);

/** A grey BMP of 24 bits. */
function bmpOf(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(54 + Math.ceil(width * 3 / 4) * 4 * height).fill(128, 54);
  const view = new DataView(bytes.buffer);
  const fields = [[2, bytes.length], [10, 54], [14, 40], [18, width], [22, height], [26, 24 << 16 | 1]];
  bytes.set([0x42, 0x4d]);
  for (const [at, value] of fields) view.setUint32(at, value, true);
  return bytes;
}

Deno.test("freePixels frees what was decoded, and leaves what a caller holds or is part of more", () => {
  const [own, theirs, part] = [12, 12, 24].map((bytes) => new Uint8Array(bytes));
  const stored = { width: 2, height: 2, orientation: 1 };
  freePixels(
    new Map([
      [0, { ...stored, data: own, own: true }],
      [1, { ...stored, data: theirs, own: false }],
      [2, { ...stored, data: part.subarray(0, 12), own: true }],
    ]),
  );
  assertEquals([own, theirs, part].map(({ length }) => length), [0, 12, 24]);
});

Deno.test("loadChunk says of pixels whether they are the engine's own", async () => {
  const raw = { width: 40, height: 30, data: new Uint8Array(40 * 30 * 3) };
  const plan = planSample(customRecipe({ size: 64 }), [raw, raw]);
  const chunk = { from: 0, to: 2, memory: 0 }, given = [bmpOf(40, 30), raw];
  const pictures = await loadChunk(plan, chunk, (place) => given[place], {}, { decodes: new DecodeGate() });
  assertEquals([0, 1].map((place) => pictures.get(place)!.own), [true, false]);
});
