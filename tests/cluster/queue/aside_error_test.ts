import { assertEquals } from "@std/assert";
import { asideError } from "../../../src/cluster/queue/aside_error.ts";
import { plannedShard, reports } from "../../support/queue/messages.ts";

Deno.test("asideError names shards by their samples and their last errors", () => {
  const mixture = {
    files: [{ data: { path: "/sets/a.json" } }] as never,
    placeOf: (position: number) => ({ file: 0, index: position + 100 }),
  };
  const shards = new Map([0, 1, 2].map((shard) => [shard, plannedShard(false)]));
  const [, failed, aside] = reports;
  const { message, code } = asideError([failed, aside], { shards }, mixture);
  const samples = "(a.json#104, a.json#105, a.json#106 and 4 more)";
  assertEquals([message, code], [
    "2 shards were set aside, and all others are made; the same command tries again: " +
    `shard 2 ${samples}: it is damaged; shard 2 ${samples}: its makers ended without a word`,
    "dataset",
  ]);
});
