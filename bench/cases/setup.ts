import type { PeerProgram } from "../peers/programs.ts";
import type { Figure } from "../report/figure.ts";

/**
 * The number that pictures' sides, and counts of the kernels' benches, are divided by, to try the bench out
 * where it would take too long: `VITRAIL_BENCH_SHRINK`, 1 by default. Such figures say nothing.
 */
export const SHRINK = Number(Deno.env.get("VITRAIL_BENCH_SHRINK") ?? 1);

/** The setup of a bench: all that its cases work with. */
export interface Setup {
  /** The bench's pictures, in order. */
  pictures: readonly string[];
  /** The peers that take part, Vitrail first. */
  peers: readonly PeerProgram[];
  /** True for few rounds and small batches, which take no more than a minute. */
  quick: boolean;
  /** Seconds that the rounds of a peer take together at most, as in `Pace`: 20, or 3 if `quick`. */
  seconds?: number;
  /** Variables that child processes need to find a GPU. */
  env: Record<string, string>;
  /** Takes a case's figures so far, after each of its works, so that a bench that is ended leaves them. */
  keep?: (figures: readonly Figure[]) => Promise<void>;
}
