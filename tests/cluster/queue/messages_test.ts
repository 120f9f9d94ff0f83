import { assertEquals, assertThrows } from "@std/assert";
import { jsonBytes } from "../../../src/cluster/queue/messages/queue_json.ts";
import { readOrder, setId } from "../../../src/cluster/queue/messages/set_order.ts";
import { readShardMessage, shardMessage } from "../../../src/cluster/queue/messages/shard_message.ts";
import { readShardReport } from "../../../src/cluster/queue/messages/shard_report.ts";
import { VitrailError } from "../../../src/errors.ts";
import { order, plannedShard, reports } from "../../support/queue/messages.ts";

Deno.test("readShardMessage gives back what shardMessage was given, with packs and without", () => {
  for (const packed of [false, true]) {
    const { positions, packs, pictures, digest, marks } = plannedShard(packed);
    const read = readShardMessage(shardMessage(8, plannedShard(packed)), order);
    assertEquals(read, { shard: 8, positions, ...(packs && { packs }), pictures, digest, marks });
  }
});

Deno.test("readShardMessage refuses what is no shard of the set", () => {
  const whole = JSON.parse(new TextDecoder().decode(shardMessage(8, plannedShard(true))));
  const wrong: [object, RegExp][] = [
    [{ ...whole, shard: 9 }, /is of shard 9, and there are 9$/],
    [{ ...whole, shard: -1 }, /is of shard -1, and there are 9$/],
    [{ ...whole, runs: [[58, 3]], packs: undefined }, /message of shard 8 is damaged/], // beyond the samples
    [{ ...whole, runs: [] }, /is damaged/],
    [{ ...whole, packs: [1] }, /is damaged/],
    [{ ...whole, digest: 5 }, /is damaged/],
    [[whole], /is no object of JSON$/],
  ];
  for (const [message, text] of wrong) {
    const error = assertThrows(() => readShardMessage(jsonBytes(message), order), VitrailError);
    assertEquals([text.test(error.message), error.code], [true, "io"], error.message);
  }
  assertThrows(
    () => readShardMessage(Uint8Array.of(0xff), order),
    VitrailError,
    "a shard in the queue is no JSON",
  );
});

Deno.test("readOrder refuses an order of another version, and names both", () => {
  assertEquals(readOrder(jsonBytes(order)), order);
  assertThrows(
    () => readOrder(jsonBytes({ ...order, vitrail: "9.8.7" })),
    VitrailError,
    `was planned by vitrail "9.8.7" ("${order.format}"), and this is "${order.vitrail}" ("${order.format}")`,
  );
  assertThrows(() => readOrder(jsonBytes({ ...order, tries: 0 })), VitrailError, "has a damaged order");
});

Deno.test("readShardReport reads each state, and takes no file of another name than the shard's", () => {
  for (const report of reports) assertEquals(readShardReport(jsonBytes(report), order.shards), report);
  const made = reports.find(({ state }) => state === "made") as Extract<typeof reports[0], { state: "made" }>;
  const wrong = { ...made, made: { ...made.made, file: "../shard-00002.safetensors" } };
  assertThrows(
    () => readShardReport(jsonBytes(wrong), order.shards),
    VitrailError,
    "a report in the queue is damaged",
  );
});

Deno.test("setId is another where anything differs that decides a set's bytes", () => {
  const ids = [order, { ...order, decisive: { a: 1 } }, { ...order, onError: "skip" } as const].map(setId);
  assertEquals(ids[0].length, 16);
  assertEquals(new Set(ids).size, 3);
  assertEquals(setId({ ...order, patience: 1 } as typeof order), ids[0]);
});
