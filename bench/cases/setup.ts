import type { PeerProgram } from "../peers/programs.ts";

/** The setup of a bench: all that its cases work with. */
export interface Setup {
  /** The bench's pictures, in order. */
  pictures: readonly string[];
  /** The peers that take part, Vitrail first. */
  peers: readonly PeerProgram[];
  /** True for few rounds and small batches, which take no more than a minute. */
  quick: boolean;
  /** Seconds after which a peer gets no more rounds, as in `Pace`: 30, or 3 if `quick`. */
  seconds?: number;
  /** Variables that child processes need to find a GPU. */
  env: Record<string, string>;
}
