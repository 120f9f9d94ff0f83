import { Peer, type PeerProgram } from "../peers/peer.ts";
import type { Work } from "../peers/work.ts";
import { type Figure, figureOf, median, missing } from "../report/figure.ts";
import { agreement, type Result } from "./agreement.ts";

/** The rounds of a case. */
export interface Pace {
  /** The most rounds. */
  rounds: number;
  /** The time after which a peer gets no more rounds, once it has had {@linkcode LEAST}. */
  seconds: number;
}

/** The fewest rounds of a peer. */
const LEAST = 3;

/**
 * Times peers on one work. In each round they work one after another, so that what disturbs the machine
 * disturbs all of them. Before the clock starts each does the work once, and its result is compared with the
 * first one's.
 */
export async function sideBySide(
  name: string,
  work: Work,
  programs: readonly PeerProgram[],
  pace: Pace,
  env: Record<string, string>,
): Promise<Figure[]> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-bench-" });
  const racers: Racer[] = [], absent: Figure[] = [];
  try {
    let mine: Result | undefined;
    for (const program of programs) {
      const peer = await Peer.start(program, env);
      if (typeof peer === "string") {
        absent.push(missing(name, program.name, peer));
        continue;
      }
      const path = `${folder}/${racers.length}.f32`;
      const { shape, error } = await peer.ask({ work, out: path });
      if (error !== undefined) {
        absent.push(missing(name, program.name, error));
        await peer.stop();
        continue;
      }
      mine ??= { shape, path };
      const { kept, text } = await agreement(work, mine, { shape, path }, program.promise);
      racers.push({ peer, times: [], note: kept ? text : `NOT THE SAME WORK: ${text}` });
      if (racers.length > 1) await Deno.remove(path);
    }
    await race(racers, work, pace);
    const fastest = median(racers[0].times);
    const figures = racers.map(({ peer, times, note }, index) =>
      figureOf(name, peer.program.name, "ms", times, {
        note: index === 0 ? undefined : note,
        ...(index > 0 && { ratio: median(times) / fastest, against: racers[0].peer.program.name }),
      })
    );
    return [...figures, ...absent];
  } finally {
    for (const { peer } of racers) await peer.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** A peer that was started and has done the work once. */
interface Racer {
  peer: Peer;
  /** Milliseconds of its rounds. */
  times: number[];
  /** The comparison of its result with the first one's. */
  note: string;
}

/** Times all racers in each round; one round before the first is not counted. */
async function race(racers: readonly Racer[], work: Work, { rounds, seconds }: Pace): Promise<void> {
  for (let round = -1; round < rounds; round++) {
    for (const { peer, times } of racers) {
      const spent = times.reduce((sum, ms) => sum + ms, 0) / 1000;
      if (times.length >= LEAST && spent > seconds) continue;
      const { ms, error } = await peer.ask({ work });
      if (error !== undefined) throw new TypeError(`${peer.program.name} failed in round ${round}: ${error}`);
      if (round >= 0) times.push(ms);
    }
  }
}
