import type { Manifest } from "../formats/mod.ts";
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
  readonly shards: number;
  readonly bytes: number;
  readonly skipped: number;
}

/** What the plan says of shards that are yet to be made; `bytes` are those of pixels, text and tokens. */
export function plannedSummary(plan: SetPlan, shards: readonly number[]): SetSummary {
  const ranges = shards.map((shard) => plan.shards[shard]);
  const sum = (of: (range: SetPlan["shards"][number]) => number) =>
    ranges.reduce((all, range) => all + of(range), 0);
  return {
    samples: sum(({ samples }) => samples),
    pictures: sum(({ pictures }) => pictures),
    tiles: sum(({ tiles }) => tiles),
    tokens: quantilesOf(tokensIn(plan, shards, new Set(plan.skipped.map(({ position }) => position)))),
    shards: shards.length,
    bytes: sum(({ bytes }) => bytes),
    skipped: plan.skipped.length,
  };
}

/** What shards that were made come to. */
export function madeSummary(plan: SetPlan, { totals, shards, skipped }: Manifest): SetSummary {
  const left = [...skipped, ...shards.flatMap((shard) => shard.skipped)];
  const tokens = tokensIn(
    plan,
    shards.map(({ shard }) => shard),
    new Set(left.map(({ position }) => position)),
  );
  return { ...totals, tokens: quantilesOf(tokens), shards: shards.length };
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
