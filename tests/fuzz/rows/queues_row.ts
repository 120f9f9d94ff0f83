/** Messages of queues: orders, shards and reports whose JSON was changed. */

import { readOrder, type SetOrder } from "../../../src/cluster/queue/messages/set_order.ts";
import { readShardMessage, shardMessage } from "../../../src/cluster/queue/messages/shard_message.ts";
import { readShardReport } from "../../../src/cluster/queue/messages/shard_report.ts";
import { order, plannedShard, reports } from "../../support/queue/messages.ts";
import { mutatedJson } from "../../support/fuzz/mutated_json.ts";
import { type FuzzRow, orOurError } from "../fuzz_row.ts";

/** The kinds of messages, with whole ones of each. */
const KINDS: readonly (readonly object[])[] = [
  [order],
  [false, true].map((packed) => JSON.parse(new TextDecoder().decode(shardMessage(3, plannedShard(packed))))),
  reports,
];

/** Reads a message of a kind; returns what is wrong with it all the same. */
const READERS: readonly ((bytes: Uint8Array) => string | undefined)[] = [
  (bytes) => {
    const read: SetOrder = readOrder(bytes);
    return read.shards > 0 && read.args.every((text) => typeof text === "string")
      ? undefined
      : "a wrong order";
  },
  (bytes) => {
    const { shard, positions, packs = [positions] } = readShardMessage(bytes, order);
    if (shard >= order.shards || positions.some((position) => position >= order.samples)) {
      return "beyond the set";
    }
    return packs.flat().join() === positions.join() ? undefined : "packs of other samples";
  },
  (bytes) => readShardReport(bytes, order.shards).shard < order.shards ? undefined : "beyond the set",
];

export function open(): Promise<FuzzRow> {
  return Promise.resolve({
    input(draw) {
      const kind = draw(KINDS.length), message = KINDS[kind][draw(KINDS[kind].length)];
      const json = mutatedJson(message, draw), bytes = new Uint8Array(json.length + 1);
      bytes[0] = kind;
      bytes.set(json, 1);
      return { bytes, ending: "message" };
    },
    attack: ({ bytes }) => orOurError(() => READERS[bytes[0]](bytes.subarray(1))),
  });
}
