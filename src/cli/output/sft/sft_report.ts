import type { SkippedSample } from "../../../formats/manifest.ts";
import type { SlowPicture } from "../../../engine/run/slow_pictures.ts";
import type { LengthSummary } from "../../../sft/lengths/length_summary.ts";
import type { SetSummary } from "../../../sft/summary/summary.ts";
import { bytesText, countText, durationText, shareText } from "../../../report/amounts.ts";
import { paddingText, problemsText, samplesByTokensText } from "./sft_tables.ts";
import { columnsText } from "../table.ts";

/** The report of `vitrail sft`: the summary of its shards, and the work that it did now. */
export interface SftReport extends SetSummary {
  /** True where nothing was written. */
  readonly dryRun?: boolean;
  /** The part of the set that a launcher gave to this process; absent where it was named, or is the whole. */
  readonly part?: {
    readonly i: number;
    readonly n: number;
    readonly launcher: string;
    readonly from: string;
  };
  /** The folder of the shards. */
  readonly out?: string;
  /** The bytes that are free where the shards will lie; absent where nobody knows. */
  readonly free?: number;
  readonly seconds?: number;
  /** Pictures that were made now. */
  readonly made?: number;
  /** Pictures in shards that were whole already. */
  readonly found?: number;
  /** Shards that were whole already. */
  readonly kept?: number;
  /** Shards that were made again, since files of their pictures differ. */
  readonly exchanged?: number;
  readonly picturesPerSecond?: number;
  /** The pictures that took a second and more to decode, five at most. */
  readonly slowest?: readonly SlowPicture[];
  /**
   * The seconds that went into each kind of work: into decoding those in which nothing was computed, and into
   * `other` the rest, such as that in which memory is given back after each shard. Their sum is all the time.
   */
  readonly times?: { readonly [work in "planning" | "decoding" | "computing" | "writing" | "other"]: number };
}

/** The most skipped samples that are listed where the manifest has them all. */
const SKIPS_SHOWN = 10;

/** Returns the report for people: of a dry run with all its tables. */
export function reportText(report: SftReport): string {
  const summary = columnsText(summaryRows(report));
  if (!report.dryRun) return summary;
  const { tokens, problems } = report;
  const tables = tokens === null ? [] : [samplesByTokensText(tokens), paddingText(tokens)];
  return [summary, ...tables, ...(problems.length > 0 ? [problemsText(problems)] : [])].join("\n\n");
}

/** Returns the rows of the summary: what, and how much. */
export function summaryRows(report: SftReport): [name: string, value: string][] {
  const { samples, pictures, tiles, tokens, truncated, shards, bytes, skipped, dryRun, out, free } = report;
  const { dtype, whyNotBytes: why, temporary = 0 } = report;
  const { seconds = 0, made = 0, found = 0, kept = 0, exchanged = 0, picturesPerSecond = 0, times } = report;
  const rows: [name: string, value: string | undefined | false][] = [
    ["samples", `${samples}`],
    ["skipped", `${skipped}`],
    ["pictures", `${pictures}`],
    ["rows", `${tiles}`],
    ["stored as", why === undefined ? dtype : `${dtype}, since u8 would lose something: ${why}`],
    [tokens?.learnt === null ? "picture tokens" : "tokens", tokens !== null && tokensText(tokens)],
    ["a sample", tokens !== null && quantilesText(tokens)],
    ["truncated", truncated > 0 && `${truncated} samples, to --max-length`],
    ["sequences", tokens !== null && tokens.packing.asked && sequencesText(tokens)],
    [
      dryRun ? "would write" : kept < shards ? "wrote" : "there were",
      `${countText(shards, "shard")}, ${bytesText(bytes)}` +
      (temporary === 0 ? "" : ` and for a time ${bytesText(temporary)} more`) +
      (free === undefined ? "" : `; ${bytesText(free)} are free`),
    ],
    ["folder", out],
    ["found whole", found > 0 && `${countText(found, "picture")}, by the checksums of shards`],
    [
      "made again",
      exchanged > 0 &&
      `${countText(exchanged, "shard")}, since their pictures' files are not those of before`,
    ],
    ["time", times && Object.entries(times).map(([work, own]) => `${work} ${durationText(own)}`).join(", ")],
    ["speed", made > 0 && `${picturesPerSecond.toFixed(1)} pictures/s (${made} in ${durationText(seconds)})`],
  ];
  return rows.filter((row): row is [string, string] => Boolean(row[1]));
}

function tokensText({ total, pictures, learnt }: NonNullable<SetSummary["tokens"]>): string {
  if (learnt === null) return `${total}`;
  const [seen, written] = [pictures, learnt].map((count) => shareText(count / Math.max(1, total)));
  return `${total}: ${seen} pictures', ${written} learnt`;
}

function quantilesText({ min, median, p90, p99, max }: LengthSummary): string {
  return `min ${min}, median ${median}, 90% ${p90}, 99% ${p99}, max ${max} tokens`;
}

/** Returns how full packs are, beside batches of 8. */
function sequencesText({ packing: { sequences, capacity, share }, padding }: LengthSummary): string {
  const { share: padded } = padding.find(({ batch }) => batch === 8)!;
  return `${sequences} of ${capacity} tokens, ${shareText(1 - share)} full; ` +
    `batches of 8 would be ${shareText(1 - padded)} full`;
}

/** Returns a line for each of the first ten samples that were left out. */
export function skippedText(skipped: readonly SkippedSample[]): string[] {
  const lines = skipped.slice(0, SKIPS_SHOWN).map(({ reason }) => `skipped: ${reason}`);
  if (skipped.length > SKIPS_SHOWN) {
    lines.push(`skipped: ${skipped.length - SKIPS_SHOWN} more, in the manifest`);
  }
  return lines;
}
