import { QUEUE_FORMAT, type SetOrder } from "../../../src/cluster/queue/messages/set_order.ts";
import type { ShardReport } from "../../../src/cluster/queue/messages/shard_report.ts";
import { VERSION } from "../../../src/report/version.ts";
import type { PlannedShard } from "../../../src/sft/set/shard_cutter.ts";
import { TokenCounts } from "../../../src/sft/set/token_counts.ts";

/** An order of a set of nine shards. */
export const order: SetOrder = {
  format: QUEUE_FORMAT,
  vitrail: VERSION,
  shards: 9,
  samples: 60,
  args: ["--recipe=ixc2", "--", "data.json"],
  cwd: "/sets",
  out: "/sets/shards",
  store: false,
  decisive: { pictures: "ab", recipe: { name: "ixc2" } },
  layout: { dtype: "u8", outputs: { pixel_values: { kind: "values", dtype: "i64" } } },
  onError: "fail",
  tries: 3,
  patience: 15_000,
};

/** Returns a planned shard, whose samples are in packs or are not. */
export function plannedShard(packed: boolean): PlannedShard {
  const positions = [4, 5, 6, 20, 22, 23, 3];
  return {
    positions,
    ...(packed && { packs: [[4, 5], [6], [20, 22, 23, 3]] }),
    pictures: 5,
    tiles: 7,
    bytes: 1000,
    waiting: 0,
    changed: 1,
    marks: "marks",
    digest: "digest",
    tokens: new TokenCounts([]),
  };
}

const tried = { shard: 2, maker: "a", tries: 1, message: 4 };

/** A report of each state. */
export const reports: readonly ShardReport[] = [
  { ...tried, state: "begun" },
  { ...tried, state: "failed", error: "it is damaged" },
  { ...tried, state: "aside" },
  { ...tried, state: "back", tries: 0 },
  {
    shard: 2,
    maker: "a",
    state: "made",
    marks: "marks",
    made: {
      shard: 2,
      file: "shard-00002.safetensors",
      bytes: 10,
      sha256: "00",
      samples: 1,
      pictures: 1,
      tiles: 1,
      tokens: null,
      skipped: [],
    },
  },
];
