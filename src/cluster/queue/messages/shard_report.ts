import { shown, VitrailError } from "../../../errors.ts";
import type { ManifestShard } from "../../../formats/manifest.ts";
import { shardName } from "../../../sft/set/make_shard.ts";
import { objectIn } from "./queue_json.ts";

/** The last that is known of a shard in a queue. */
export type ShardReport =
  & {
    readonly shard: number;
    /** The name of its maker. */
    readonly maker: string;
  }
  & (
    | {
      /**
       * `begun`: a maker has it. `failed`: its try ended in an error. `back`: its maker gave it back, which
       * is no try. `aside`: nobody tries again.
       */
      readonly state: "begun" | "failed" | "back" | "aside";
      /** The count of tries that were begun, this one among them. */
      readonly tries: number;
      /** The number of its message in the queue. */
      readonly message: number;
      /** The error; absent where a maker ended without a word, or has not ended. */
      readonly error?: string;
    }
    | {
      readonly state: "made";
      readonly made: ManifestShard;
      /** The marks of its pictures' files, as the message had them. */
      readonly marks: string;
    }
  );

/**
 * Reads a report of a set of so many shards.
 * @throws {VitrailError} `io` where it is none.
 */
export function readShardReport(bytes: Uint8Array, shards: number): ShardReport {
  const report = objectIn(bytes, "a report") as Partial<Record<string, unknown>>;
  const { shard, maker, state, tries, message, error, made, marks } = report;
  const own = (made ?? {}) as Partial<ManifestShard>;
  const whole = Number.isSafeInteger(shard) && (shard as number) >= 0 && (shard as number) < shards &&
    typeof maker === "string" &&
    (state === "made"
      ? typeof marks === "string" && own.shard === shard && own.file === shardName(shard as number) &&
        typeof own.sha256 === "string" && Number.isSafeInteger(own.bytes) && Array.isArray(own.skipped)
      : ["begun", "failed", "back", "aside"].includes(state as string) && Number.isSafeInteger(tries) &&
        (tries as number) >= 0 && Number.isSafeInteger(message) &&
        ["string", "undefined"].includes(typeof error));
  if (whole) return report as unknown as ShardReport;
  throw new VitrailError("io", `a report in the queue is damaged: ${shown(report)}`);
}
