import type { SkippedSample } from "../../formats/manifest.ts";
import type { SetSummary } from "../../sft/set/summary.ts";
import { countText } from "./plan_report.ts";

/** What a run was, beside what its shards come to. */
export interface RunSummary extends SetSummary {
  readonly dryRun?: boolean;
  /** The folder. */
  readonly out?: string;
  readonly seconds?: number;
  /** Pictures that were made now, and those in shards that were whole already. */
  readonly made?: number;
  readonly found?: number;
  /** Shards that were whole already. */
  readonly kept?: number;
  readonly picturesPerSecond?: number;
}

const SKIPS_SHOWN = 10;

/** A set's summary for people. */
export function summaryText(summary: RunSummary): string {
  const { samples, pictures, tiles, tokens, truncated, shards, bytes, skipped, dryRun, out } = summary;
  const { seconds = 0, made = 0, found = 0, kept = 0, picturesPerSecond = 0 } = summary;
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
  const shown = rows.filter(([, value]) => value);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}

function tokensText({ total, min, median, p90, p99, max }: NonNullable<SetSummary["tokens"]>): string {
  return `${total} (a sample: min ${min}, median ${median}, 90% ${p90}, 99% ${p99}, max ${max})`;
}

/** The samples that were left out, a line each: of a dry run, which writes no manifest, all of them, else the first ones. */
export function skippedText(skipped: readonly SkippedSample[], all = false): string[] {
  const shown = all ? skipped : skipped.slice(0, SKIPS_SHOWN);
  const lines = shown.map(({ reason }) => `${all ? "bad" : "skipped"}: ${reason}`);
  if (skipped.length > shown.length) {
    lines.push(`skipped: ${skipped.length - SKIPS_SHOWN} more, in the manifest`);
  }
  return lines;
}

/** Seconds as `12 s`, `3:05` or `2:03:05`. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (whole < 60) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Bytes as `1.2 GiB`. */
export function bytesText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const unit = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return unit === 0 ? `${bytes} bytes` : `${(bytes / 1024 ** unit).toFixed(1)} ${units[unit]}`;
}
