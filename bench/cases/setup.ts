import type { PeerProgram } from "../peers/programs.ts";

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
}
