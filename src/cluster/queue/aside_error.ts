import { basename } from "node:path";
import { VitrailError } from "../../errors.ts";
import { countText } from "../../report/amounts.ts";
import type { Mixture } from "../../sft/data/mixture.ts";
import type { SetPlan } from "../../sft/set/set_plan.ts";
import type { ShardReport } from "./messages/shard_report.ts";

/** The shards, and the samples of a shard, that the error names one by one. */
const SHARDS_SHOWN = 4, SAMPLES_SHOWN = 3;

/** Returns the error of shards that were set aside: each by its number, its samples and its last error. */
export function asideError(
  reports: readonly ShardReport[],
  { shards }: Pick<SetPlan, "shards">,
  mixture: Pick<Mixture, "files" | "placeOf">,
): VitrailError {
  const lines = reports.slice(0, SHARDS_SHOWN).map((report) => {
    const { positions } = shards.get(report.shard)!;
    const names = positions.slice(0, SAMPLES_SHOWN).map((position) => {
      const { file, index } = mixture.placeOf(position);
      return `${basename(mixture.files[file].data.path)}#${index}`;
    });
    const more = positions.length - names.length;
    const error = "error" in report && report.error || "its makers ended without a word";
    return `shard ${report.shard} (${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}): ${error}`;
  });
  const more = reports.length - lines.length, were = reports.length === 1 ? "was" : "were";
  return new VitrailError(
    "dataset",
    `${
      countText(reports.length, "shard")
    } ${were} set aside, and all others are made; the same command tries ` +
      `again: ${lines.join("; ")}${more > 0 ? `; and ${more} more` : ""}`,
  );
}
