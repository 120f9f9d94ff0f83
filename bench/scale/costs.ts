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
 * Costs of Qwen2-VL's recipe on JPEGs of 300 to 2 000 pixels a side, by SIMD, as `--measure` gives them on
 * machine A (bench/RESULTS.md). Planning is that of `deno task bench:sets`.
 */
export const COSTS: Costs = {
  planning: 0.44,
  decoding: { mean: 7.5, deviation: 3.4 },
  computing: { mean: 12.9, deviation: 13.2 },
  writing: { mean: 1.4, deviation: 0.2 },
  pictures: 1.4,
  file: 140_760,
  rows: 4_925_794,
};
