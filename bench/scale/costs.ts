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
 * Costs of Qwen2-VL's recipe on JPEGs of 300 to 2 000 pixels a side, by SIMD. Sizes are those that
 * `--measure` gives. Planning is that of `deno task bench:sets`, and computing that of 1920×1080 in
 * bench/RESULTS.md by the pictures' mean size; decoding and writing are estimates, and so are spreads.
 * `--measure` has only run on a machine that did much else, and gave 17 ms, 36 ms and 18 ms for the three.
 */
export const COSTS: Costs = {
  planning: 0.44,
  decoding: { mean: 8, deviation: 7 },
  computing: { mean: 13, deviation: 14 },
  writing: { mean: 3, deviation: 1.5 },
  pictures: 1.4,
  file: 140_760,
  rows: 4_925_794,
};
