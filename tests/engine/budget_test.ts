import { assert, assertEquals, assertRejects } from "@std/assert";
import { encodePng } from "../../src/codecs/encode_png.ts";
import { Engine } from "../../src/engine/engine.ts";
import { Budget } from "../../src/engine/run/budget.ts";
import { mapLimited } from "../../src/engine/run/map_limited.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { onEngines } from "../support/executors.ts";
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
