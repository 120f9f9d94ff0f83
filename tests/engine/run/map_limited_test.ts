import { mapLimited } from "../../../src/engine/run/map_limited.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";

/** Returns after as many turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("mapLimited keeps the items' order, and begins no more than the limit at once", async () => {
  let running = 0, most = 0;
  const doubled = await mapLimited([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, ++running);
    await turns(item);
    running--;
    return 2 * item;
  });
  assertEquals([doubled, most], [[10, 2, 8, 4, 6], 2]);
});

Deno.test("mapLimited names the first item that failed, not the one that failed first", async () => {
  const ended: number[] = [];
  const run = mapLimited([6, 3, 1, 1, 1], 3, async (item, index) => {
    await turns(item);
    ended.push(index);
    if (index < 3) throw new Error(`item ${index}`);
  });
  await assertRejects(() => run, Error, "item 0");
  assert(!ended.includes(3), "an item was begun after a failure");
  assertEquals(ended.length, 3, "an item goes on behind the caller's back");
});
