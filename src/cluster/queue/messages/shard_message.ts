import { shown, VitrailError } from "../../../errors.ts";
import type { PlannedShard } from "../../../sft/set/shard_cutter.ts";
import { jsonBytes, objectIn } from "./queue_json.ts";
import type { SetOrder } from "./set_order.ts";

/** A shard that a maker is to make, as its message says it. */
export interface QueuedShard extends Pick<PlannedShard, "positions" | "packs" | "pictures" | "digest"> {
  /** Its place among the set's shards, from 0. */
  readonly shard: number;
  /** The marks of its pictures' files where the set was planned, which the follower gets back. */
  readonly marks: string;
}

/** A message: positions are runs of neighbours, and packs the counts of their samples, to be short. */
interface ShardMessage extends Omit<QueuedShard, "positions" | "packs"> {
  readonly runs: readonly (readonly [first: number, count: number])[];
  readonly packs?: readonly number[];
}

/** Returns a shard as a message. */
export function shardMessage(shard: number, planned: PlannedShard): Uint8Array {
  const runs: [first: number, count: number][] = [];
  for (const position of planned.positions) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === position) last[1]++;
    else runs.push([position, 1]);
  }
  const { packs, pictures, digest, marks } = planned;
  const counts = packs?.map(({ length }) => length);
  return jsonBytes({ shard, runs, ...(counts && { packs: counts }), pictures, digest, marks });
}

/**
 * Reads a message of a set.
 * @throws {VitrailError} `io` where it is no message of this version, or of a shard that there is not.
 */
export function readShardMessage(
  bytes: Uint8Array,
  { shards, samples }: Pick<SetOrder, "shards" | "samples">,
): QueuedShard {
  const message = objectIn(bytes, "a shard") as Partial<ShardMessage>;
  const { shard, runs, packs: counts, pictures, digest, marks } = message;
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!isCount(shard) || shard >= shards) {
    throw new VitrailError(
      "io",
      `a message of the queue is of shard ${shown(shard)}, and there are ${shards}`,
    );
  }
  const ranges = Array.isArray(runs) ? runs : [];
  const inSet = (run: unknown) => {
    return Array.isArray(run) && run.length === 2 && run.every(isCount) && run[0] + run[1] <= samples;
  };
  const whole = ranges.length > 0 && ranges.every(inSet) && isCount(pictures) &&
    typeof digest === "string" && typeof marks === "string" &&
    (counts === undefined || Array.isArray(counts) && counts.every(isCount));
  const count = whole ? ranges.reduce((sum, [, own]) => sum + own, 0) : 0;
  const packed = whole ? counts?.reduce((sum, own) => sum + own, 0) ?? count : 0;
  if (count === 0 || count > samples || packed !== count) {
    throw new VitrailError("io", `the queue's message of shard ${shard} is damaged: ${shown(message)}`);
  }
  const positions = ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, at) => first + at));
  let start = 0;
  const packs = counts?.map((count) => positions.slice(start, start += count));
  return { shard, positions, ...(packs && { packs }), pictures: pictures!, digest: digest!, marks: marks! };
}
