import type { SkippedSample } from "../../formats/manifest.ts";
import type { SetSummary } from "../../sft/set/summary.ts";
import { bytesText, countText, durationText } from "./amounts.ts";
import { columnsText } from "./table.ts";

/** The report of `vitrail sft`: the summary of its shards, and the work that it did now. */
export interface SftReport extends SetSummary {
  /** True where nothing was written. */
  readonly dryRun?: boolean;
  /** The folder of the shards. */
  readonly out?: string;
  readonly seconds?: number;
  /** Pictures that were made now. */
  readonly made?: number;
  /** Pictures in shards that were whole already. */
  readonly found?: number;
  /** Shards that were whole already. */
  readonly kept?: number;
  readonly picturesPerSecond?: number;
}

/** The most skipped samples that are listed where the manifest has them all. */
const SKIPS_SHOWN = 10;

/** Returns the report for people. */
export function reportText(report: SftReport): string {
  const { samples, pictures, tiles, tokens, truncated, shards, bytes, skipped, dryRun, out } = report;
  const { seconds = 0, made = 0, found = 0, kept = 0, picturesPerSecond = 0 } = report;
  const rows: [name: string, value: string | undefined | false][] = [
    ["samples", `${samples}`],
    ["skipped", `${skipped}`],
    ["pictures", `${pictures}`],
    ["tiles", `${tiles}`],
    [truncated === null ? "picture tokens" : "tokens", tokens !== null && tokensText(tokens)],
    ["truncated", truncated !== null && truncated > 0 && `${truncated} samples, to --max-length`],
    [
      dryRun ? "would write" : kept < shards ? "wrote" : "there were",
      `${countText(shards, "shard")}, ${bytesText(bytes)}`,
    ],
    ["folder", out],
    ["found whole", found > 0 && `${countText(found, "picture")}, by the checksums of shards`],
    ["speed", made > 0 && `${picturesPerSecond.toFixed(1)} pictures/s (${made} in ${durationText(seconds)})`],
  ];
  return columnsText(rows.filter((row): row is [string, string] => Boolean(row[1])));
}

function tokensText({ total, min, median, p90, p99, max }: NonNullable<SetSummary["tokens"]>): string {
  return `${total} (a sample: min ${min}, median ${median}, 90% ${p90}, 99% ${p99}, max ${max})`;
}

/**
 * Returns a line for each sample that was left out: the first ten, or with `all` every one. A dry run shows
 * all of them, since it writes no manifest.
 */
export function skippedText(skipped: readonly SkippedSample[], all = false): string[] {
  const shown = all ? skipped : skipped.slice(0, SKIPS_SHOWN);
  const lines = shown.map(({ reason }) => `${all ? "bad" : "skipped"}: ${reason}`);
  if (skipped.length > shown.length) {
    lines.push(`skipped: ${skipped.length - SKIPS_SHOWN} more, in the manifest`);
  }
  return lines;
}
