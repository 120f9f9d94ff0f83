import { agreement, type Result } from "./agreement.ts";
import { type Figure, figureOf, missing } from "./figure.ts";
import { Peer, type PeerProgram } from "./peer.ts";
import { median } from "./statistics.ts";
import type { Work } from "./work.ts";

/** Most rounds, and the time after which a peer has had enough of them (but at least `LEAST`). */
export interface Pace {
  rounds: number;
  seconds: number;
}

const LEAST = 3;

/**
 * Times peers on one work, in turn, round after round: what disturbs the machine disturbs all of them. Before the clock
 * starts each does the work once, and its result is held against the first one's.
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

interface Racer {
  peer: Peer;
  times: number[];
  note: string;
}

/** Rounds in turn; the first is not counted. */
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
