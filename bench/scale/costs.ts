import type { Spread } from "./lognormal.ts";

/** The costs of pictures and samples: ms of a worker with one core, and what the storage holds. */
export interface Costs {
  /** Planning a sample: its text, its tokens, its pictures' headers. */
  readonly planning: number;
  /** Decoding a picture. */
  readonly decoding: Spread;
  /** Computing a picture's rows. */
  readonly computing: Spread;
  /** Writing a MiB of a shard, with its checksum. */
  readonly writing: Spread;
  /** Pictures of a sample. */
  readonly pictures: number;
  /** Bytes of a picture's file, and of its rows in a shard. */
  readonly file: number;
  readonly rows: number;
}

/**
 * Costs of Qwen2.5-VL's recipe on JPEGs of mixed sizes by SIMD, as `bench/scale.ts --measure` printed them;
 * planning is `deno task bench:sets`'s. Both machines and days: bench/RESULTS.md.
 */
export const COSTS: Costs = {
  planning: 0.44,
  decoding: { mean: 9, deviation: 8 },
  computing: { mean: 9, deviation: 8 },
  writing: { mean: 2, deviation: 1 },
  pictures: 1.4,
  file: 150_000,
  rows: 1_500_000,
};
