import type { Manifest, SkippedSample } from "../../formats/manifest.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { type LengthSummary, lengthSummary } from "../lengths/length_summary.ts";
import { type Problem, problemsOf } from "./problems.ts";
import type { SetPlan } from "../set/set_plan.ts";
import type { PlannedShard } from "../set/shard_cutter.ts";

/** The sums over some shards of a set. */
export interface SetSummary {
  /** The count of samples. */
  readonly samples: number;
  /** The count of units, each counted once a shard. */
  readonly pictures: number;
  /** The count of rows of `pixel_values`. */
  readonly tiles: number;
  /** Null where there are no samples, or the recipe does not say how many tokens a picture becomes. */
  readonly tokens: LengthSummary & TokenSums | null;
  /** The count of samples that were cut, having more tokens than a row may have. */
  readonly truncated: number;
  /** The count of shards. */
  readonly shards: number;
  /** The bytes of the shards' files, or where none is made yet, of all that they will hold of samples. */
  readonly bytes: number;
  /** The most bytes of files beside them that are removed with each shard; absent where all are made. */
  readonly temporary?: number;
  /** The count of samples that are left out. */
  readonly skipped: number;
  /** The kinds of what is wrong with samples that are left out, the most frequent first. */
  readonly problems: readonly Problem[];
  /** The element type of the stored pixels. */
  readonly dtype: Dtype;
  /** The reason why it is not bytes, where that was to be found out. */
  readonly whyNotBytes?: string;
}

/** Sums of samples' tokens. */
export interface TokenSums {
  /** The tokens of pictures. */
  readonly pictures: number;
  /** The tokens that a model learns to write; null where there is no tokenizer. */
  readonly learnt: number | null;
}

/** The options by which samples become rows of tokens. */
export interface LengthOptions {
  /** True where texts become tokens. */
  readonly tokens: boolean;
  /** The most tokens that a sample may have; absent: there is no limit. */
  readonly maxLength?: number;
  /** The most tokens of a pack; absent where samples are not packed. */
  readonly pack?: number;
}

/** Returns the summary of planned shards that are yet to be made. */
export function plannedSummary(
  plan: SetPlan,
  shards: readonly number[],
  options: LengthOptions,
): SetSummary {
  const planned = shards.map((shard) => plan.shards.get(shard)!);
  const sum = (of: (shard: PlannedShard) => number) => planned.reduce((all, shard) => all + of(shard), 0);
  return {
    samples: sum(({ positions }) => positions.length),
    pictures: sum(({ pictures }) => pictures),
    tiles: sum(({ tiles }) => tiles),
    ...tokenSummary(plan, shards, plan.skipped, options),
    shards: shards.length,
    bytes: sum(({ bytes }) => bytes),
    temporary: planned.reduce((most, { waiting }) => Math.max(most, waiting), 0),
    skipped: plan.skipped.length,
    problems: problemsOf(plan.skipped),
    ...pixelSummary(plan),
  };
}

/** Returns the summary of shards that were made. */
export function madeSummary(
  plan: SetPlan,
  { totals, shards, skipped }: Manifest,
  options: LengthOptions,
): SetSummary {
  const leftOut = [...skipped, ...shards.flatMap((shard) => shard.skipped)];
  return {
    ...totals,
    ...tokenSummary(plan, shards.map(({ shard }) => shard), leftOut, options),
    shards: shards.length,
    problems: problemsOf(leftOut),
    ...pixelSummary(plan),
  };
}

function pixelSummary({ layout: { dtype, why } }: SetPlan): Pick<SetSummary, "dtype" | "whyNotBytes"> {
  return { dtype, ...(why !== undefined && { whyNotBytes: why }) };
}

/** Returns the fields of a summary that token counts decide, without the samples `leftOut`. */
function tokenSummary(
  plan: SetPlan,
  shards: readonly number[],
  leftOut: readonly SkippedSample[],
  { tokens, maxLength, pack }: LengthOptions,
): Pick<SetSummary, "tokens" | "truncated"> {
  const absent = new Set(leftOut.map(({ position }) => position));
  const planned = shards.map((shard) => plan.shards.get(shard)!);
  const sequences = planned.flatMap(({ positions, packs = [positions] }) => packs)
    .filter((positions) => positions.some((position) => !absent.has(position)));
  const counts = planned.flatMap(({ positions, tokens }) =>
    positions.flatMap((position, index) => absent.has(position) ? [] : [tokens.at(index)])
  );
  const truncated = counts.filter((count) => count?.cut).length;
  if (counts.length === 0 || counts.includes(undefined)) return { tokens: null, truncated };
  const lengths = counts.map((count) => count!.length);
  const sum = (of: "pictures" | "learnt") => counts.reduce((all, count) => all + count![of], 0);
  return {
    tokens: {
      ...lengthSummary(
        lengths,
        pack === undefined ? { capacity: maxLength } : {
          capacity: pack,
          sequences: sequences.length,
        },
      ),
      pictures: sum("pictures"),
      learnt: tokens ? sum("learnt") : null,
    },
    truncated,
  };
}
