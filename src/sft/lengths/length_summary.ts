import { histogramOf, type LengthBar } from "./histogram.ts";
import { Packer } from "./packs.ts";
import { paddedShare } from "./padding.ts";

/** The token counts of samples: their sum, and nearest-rank quantiles, which are counts that occur. */
export interface LengthSummary {
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
  /** The counts by length. */
  readonly histogram: readonly LengthBar[];
  /** The padding of batches, by their sizes. */
  readonly padding: readonly Padding[];
  /** The packs that samples are joined to, or would be. */
  readonly packing: Packing;
}

/** The padding of batches of one size, drawn at random, each padded to its longest sample. */
export interface Padding {
  /** The samples of a batch. */
  readonly batch: number;
  /** The share of padding in all tokens, 0 to 1. */
  readonly share: number;
}

/** The packs that samples are joined to. */
export interface Packing {
  /** The most tokens of a pack. */
  readonly capacity: number;
  /** The count of packs. */
  readonly sequences: number;
  /** The share of padding in all tokens, where each pack is padded to its capacity, 0 to 1. */
  readonly share: number;
  /** True where the samples are packed so; false where they could be. */
  readonly asked: boolean;
}

/** The sizes of batches whose padding is told. */
const BATCHES = [1, 2, 4, 8, 16, 32, 64];

/**
 * Returns the summary of samples' token counts.
 * @param lengths in the reading order; at least one
 * @param packs the most tokens of a pack, absent for the longest sample's, and the count of packs, absent
 * where samples are not packed
 */
export function lengthSummary(
  lengths: readonly number[],
  packs: { capacity?: number; sequences?: number },
): LengthSummary {
  const ascending = Float64Array.from(lengths).sort(), { length } = ascending;
  const total = ascending.reduce((sum, count) => sum + count, 0);
  const at = (q: number) => ascending[Math.max(0, Math.ceil(q * length) - 1)];
  const capacity = Math.max(1, packs.capacity ?? 0, ascending[length - 1]);
  const sequences = packs.sequences ?? sequencesOf(lengths, capacity);
  return {
    total,
    min: ascending[0],
    median: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: ascending[length - 1],
    histogram: histogramOf(ascending),
    padding: BATCHES.map((batch) => ({
      batch,
      share: total === 0 ? 0 : Math.max(0, 1 - 1 / paddedShare(ascending, batch)),
    })),
    packing: {
      capacity,
      sequences,
      share: 1 - total / (sequences * capacity),
      asked: packs.sequences !== undefined,
    },
  };
}

/** Returns the count of packs that samples would be joined to. */
function sequencesOf(lengths: readonly number[], capacity: number): number {
  const packer = new Packer<{ length: number }>(capacity);
  const packs = lengths.reduce((sum, length) => sum + packer.add({ length }).length, 0);
  return packs + packer.finish().length;
}
