import type { Manifest } from "../../formats/manifest.ts";
import type { SetPlan } from "./set_plan.ts";

/** The samples' token counts: their sum, and nearest-rank quantiles, which are counts that occur. */
export interface TokenQuantiles {
  /** The sum over all samples. */
  readonly total: number;
  /** The least count. */
  readonly min: number;
  /** The 50% quantile. */
  readonly median: number;
  /** The 90% quantile. */
  readonly p90: number;
  /** The 99% quantile. */
  readonly p99: number;
  /** The greatest count. */
  readonly max: number;
}

/** The sums over some shards of a set. */
export interface SetSummary {
  /** The count of samples. */
  readonly samples: number;
  /** The count of units, each counted once a shard. */
  readonly pictures: number;
  /** The count of rows of `pixel_values`. */
  readonly tiles: number;
  /** Null where there are no samples, or the recipe does not say how many tokens a picture becomes. */
  readonly tokens: TokenQuantiles | null;
  /** The count of samples that have more tokens than a row may have; null where there is no tokenizer. */
  readonly truncated: number | null;
  /** The count of shards. */
  readonly shards: number;
  /** The bytes of the shards' files, or where none is made yet, of their pixels, text and tokens. */
  readonly bytes: number;
  /** The count of samples that are left out. */
  readonly skipped: number;
}

/** Returns the summary of planned shards that are yet to be made. */
export function plannedSummary(plan: SetPlan, shards: readonly number[], maxLength?: number): SetSummary {
  const ranges = shards.map((shard) => plan.shards[shard]);
  const sum = (of: (range: SetPlan["shards"][number]) => number) =>
    ranges.reduce((all, range) => all + of(range), 0);
  return {
    samples: sum(({ samples }) => samples),
    pictures: sum(({ pictures }) => pictures),
    tiles: sum(({ tiles }) => tiles),
    ...tokenSummary(plan, shards, plan.skipped, maxLength),
    shards: shards.length,
    bytes: sum(({ bytes }) => bytes),
    skipped: plan.skipped.length,
  };
}

/** Returns the summary of shards that were made. */
export function madeSummary(
  plan: SetPlan,
  { totals, shards, skipped }: Manifest,
  maxLength?: number,
): SetSummary {
  const leftOut = [...skipped, ...shards.flatMap((shard) => shard.skipped)];
  return {
    ...totals,
    ...tokenSummary(plan, shards.map(({ shard }) => shard), leftOut, maxLength),
    shards: shards.length,
  };
}

/** Returns the fields of a summary that token counts decide. */
function tokenSummary(
  plan: SetPlan,
  shards: readonly number[],
  skipped: SetPlan["skipped"],
  maxLength?: number,
): Pick<SetSummary, "tokens" | "truncated"> {
  const counts = tokenCounts(plan, shards, new Set(skipped.map(({ position }) => position)));
  const truncated = maxLength === undefined ? null : counts.filter((count) => count! > maxLength).length;
  return { tokens: quantilesOf(counts), truncated };
}

/** Returns the token count of each sample in some shards, less the samples at the positions `leftOut`. */
function tokenCounts(
  plan: SetPlan,
  shards: readonly number[],
  leftOut: ReadonlySet<number>,
): (number | undefined)[] {
  return shards.flatMap((shard) => {
    const { from, to } = plan.shards[shard];
    return plan.tokens.slice(from, to).filter((_, index) => !leftOut.has(from + index));
  });
}

/** Returns nearest-rank quantiles: quantile `q` is the least count that a share `q` of all do not exceed. */
function quantilesOf(counts: readonly (number | undefined)[]): TokenQuantiles | null {
  if (counts.length === 0 || counts.includes(undefined)) return null;
  const sorted = Float64Array.from(counts as number[]).sort();
  const at = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
  const total = sorted.reduce((sum, count) => sum + count, 0);
  return { total, min: sorted[0], median: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1)! };
}
