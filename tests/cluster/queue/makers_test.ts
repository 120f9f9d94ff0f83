import { assertEquals } from "@std/assert";
import { Makers } from "../../../src/cluster/queue/makers.ts";

Deno.test("Makers gives up a last try once its maker is silent, by its own clock alone", () => {
  let now = 1000;
  const makers = new Makers({ patience: 100, tries: 3 }, () => now);
  const begun = { shard: 4, maker: "a", state: "begun", tries: 3, message: 9 } as const;
  makers.note({ ...begun, shard: 5, tries: 2 }); // not its last
  makers.note(begun);
  makers.hear({ maker: "a", shard: 4, pictures: 7 });
  makers.hear({ maker: "b", shard: 6, pictures: 2 });
  assertEquals([makers.count, makers.picturesAtWork((shard) => shard !== 6)], [2, 7]);
  now += 150;
  makers.hear({ maker: "b", shard: 6, pictures: 3 });
  now += 100;
  assertEquals([makers.count, makers.picturesAtWork(() => true)], [1, 3]);
  assertEquals(makers.lost(1200), []); // the queue itself was gone until then
  assertEquals(makers.lost(0), [begun]);
  assertEquals(makers.lost(0), []); // each once
});

Deno.test("Makers counts no picture of a shard that is made", () => {
  const makers = new Makers({ patience: 100, tries: 3 }, () => 0);
  makers.hear({ maker: "a", shard: 4, pictures: 7 });
  makers.note({ shard: 4, maker: "a", state: "failed", tries: 3, message: 9, error: "it is damaged" });
  assertEquals([makers.count, makers.picturesAtWork(() => true)], [1, 0]);
});
