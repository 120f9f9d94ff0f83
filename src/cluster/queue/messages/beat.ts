import { objectIn } from "./queue_json.ts";

/** A sign of life of a maker that makes a shard. */
export interface Beat {
  readonly maker: string;
  readonly shard: number;
  /** Pictures of the shard that are made so far. */
  readonly pictures: number;
}

/** Returns a sign of life; undefined where it is none, which no work depends on. */
export function readBeat(data: Uint8Array): Beat | undefined {
  try {
    const { maker, shard, pictures } = objectIn(data, "a sign of life");
    const whole = typeof maker === "string" && [shard, pictures].every(Number.isSafeInteger);
    return whole ? { maker, shard, pictures } as Beat : undefined;
  } catch {
    return undefined;
  }
}
