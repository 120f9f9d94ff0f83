import type { Manifest } from "../../formats/manifest.ts";
import type { SetPlan } from "./set_plan.ts";

/** How many tokens the samples have. */
export interface TokenQuantiles {
  readonly total: number;
  readonly min: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** What some shards of a set come to. */
export interface SetSummary {
  readonly samples: number;
  /** Pictures, each counted once a shard. */
  readonly pictures: number;
  readonly tiles: number;
  /** Null where the recipe does not say how many tokens a picture becomes. */
  readonly tokens: TokenQuantiles | null;
  /** Samples of more tokens than a row may have; null where there is no tokenizer. */
  readonly truncated: number | null;
  readonly shards: number;
  readonly bytes: number;
  readonly skipped: number;
}

/** What the plan says of shards that are yet to be made; `bytes` are those of pixels, text and tokens. */
export function plannedSummary(plan: SetPlan, shards: readonly number[], maxLength?: number): SetSummary {
  const ranges = shards.map((shard) => plan.shards[shard]);
  const sum = (of: (range: SetPlan["shards"][number]) => number) =>
    ranges.reduce((all, range) => all + of(range), 0);
  return {
    samples: sum(({ samples }) => samples),
    pictures: sum(({ pictures }) => pictures),
    tiles: sum(({ tiles }) => tiles),
    ...countsOf(plan, shards, plan.skipped, maxLength),
    shards: shards.length,
    bytes: sum(({ bytes }) => bytes),
    skipped: plan.skipped.length,
  };
}

/** What shards that were made come to. */
export function madeSummary(
  plan: SetPlan,
  { totals, shards, skipped }: Manifest,
  maxLength?: number,
): SetSummary {
  const left = [...skipped, ...shards.flatMap((shard) => shard.skipped)];
  return {
    ...totals,
    ...countsOf(plan, shards.map(({ shard }) => shard), left, maxLength),
    shards: shards.length,
  };
}

function countsOf(plan: SetPlan, shards: readonly number[], skipped: SetPlan["skipped"], maxLength?: number) {
  const counts = tokensIn(plan, shards, new Set(skipped.map(({ position }) => position)));
  const truncated = maxLength === undefined ? null : counts.filter((count) => count! > maxLength).length;
  return { tokens: quantilesOf(counts), truncated };
}

/** The tokens of the samples in some shards, less those that were left out. */
function tokensIn(
  plan: SetPlan,
  shards: readonly number[],
  left: ReadonlySet<number>,
): (number | undefined)[] {
  return shards.flatMap((shard) => {
    const { from, to } = plan.shards[shard];
    return plan.tokens.slice(from, to).filter((_, index) => !left.has(from + index));
  });
}

/** Quantiles as values that occur: the smallest that so large a part of all does not exceed. */
function quantilesOf(counts: readonly (number | undefined)[]): TokenQuantiles | null {
  if (counts.length === 0 || counts.includes(undefined)) return null;
  const sorted = Float64Array.from(counts as number[]).sort();
  const at = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  const total = sorted.reduce((sum, count) => sum + count, 0);
  return { total, min: sorted[0], median: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1)! };
}
