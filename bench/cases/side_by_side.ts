import { Peer } from "../peers/peer.ts";
import type { PeerProgram } from "../peers/programs.ts";
import type { Work } from "../peers/work.ts";
import { type Figure, figureOf, median, missing } from "../report/figure.ts";
import { agreement, type Result } from "./agreement.ts";
import type { Setup } from "./setup.ts";

/** The rounds of a case. */
export interface Pace {
  /** The most rounds. */
  rounds: number;
  /** The time that the rounds of a peer take together at most, unless its first one takes longer. */
  seconds: number;
}

/** The time of a comparison that stands for the round which is not counted, ms. */
const WARM = 2000;

/** The beginning of the note of a peer whose result is not what it promised. */
export const NOT_THE_SAME = "NOT THE SAME WORK:";

/**
 * Times peers on works, by the works' names; a stream's time is that of one picture. In each round the peers
 * work one after another, so that what disturbs the machine disturbs all of them. A peer that this machine
 * lacks something for, or that fails, has no figure, and the reason why.
 * @param keep called with all figures after each work
 */
export async function sideBySide(
  works: Record<string, Work>,
  programs: readonly PeerProgram[],
  pace: Pace,
  { env, keep }: Pick<Setup, "env" | "keep">,
): Promise<Figure[]> {
  const peers: Peer[] = [], absent: [peer: string, reason: string][] = [], figures: Figure[] = [];
  try {
    for (const program of programs) {
      const peer = await Peer.start(program, env);
      if (typeof peer === "string") absent.push([program.name, peer]);
      else peers.push(peer);
    }
    for (const [name, work] of Object.entries(works)) {
      figures.push(...await workTimes(name, work, peers, pace));
      figures.push(...absent.map(([peer, reason]) => missing(name, peer, reason)));
      await keep?.(figures);
    }
    return figures;
  } finally {
    for (const peer of peers) await peer.stop();
  }
}

/** A peer that does a work. */
interface Racer {
  peer: Peer;
  /** Milliseconds of its rounds. */
  times: number[];
  /** True where the comparison was so long that its first round is as fast as later ones. */
  isWarm: boolean;
  /** The comparison of its result with the first one's. */
  note?: string;
  /** The reason why it does not take part any more. */
  failure?: string;
}

/** Times peers on one work. */
async function workTimes(
  name: string,
  work: Work,
  peers: readonly Peer[],
  pace: Pace,
): Promise<Figure[]> {
  const racers = peers.map((peer): Racer => {
    return { peer, times: [], isWarm: false, failure: peer.program.cannot?.(work) };
  });
  await compare(racers, work);
  await race(racers, work, pace);
  const [first] = racers.filter(({ failure }) => failure === undefined);
  const each = work.processes === undefined ? 1 : work.pictures.length;
  return racers.map((racer) => {
    const { times, note, failure, peer: { program } } = racer;
    if (failure !== undefined) return missing(name, program.name, failure);
    const ratio = { ratio: median(times) / median(first.times), against: first.peer.program.name };
    const own = times.map((ms) => ms / each);
    return figureOf(name, program.name, "ms", own, { note, ...(racer !== first && ratio) });
  });
}

/**
 * Compares the racers' results with the first one's, of the work's pictures; those that stand there several
 * times count once.
 */
async function compare(racers: readonly Racer[], work: Work): Promise<void> {
  const sample = { ...work, pictures: [...new Set(work.pictures)] };
  const folder = await Deno.makeTempDir({ prefix: "vitrail-bench-" });
  try {
    let mine: Result | undefined;
    for (const [index, racer] of racers.entries()) {
      if (racer.failure !== undefined) continue;
      const path = `${folder}/${index}.f32`;
      const { ms, shape, error } = await racer.peer.ask({ work: sample, out: path });
      racer.isWarm = ms > WARM;
      if (error !== undefined) {
        racer.failure = error;
        continue;
      }
      if (mine) {
        const { kept, text } = await agreement(sample, mine, { shape, path }, racer.peer.program.promise);
        racer.note = kept ? text : `${NOT_THE_SAME} ${text}`;
        await Deno.remove(path);
      }
      mine ??= { shape, path };
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Times all racers in each round; one round before the first is not counted, and left out for those that are
 * warm. Who makes other rows than the first one is told of.
 */
async function race(racers: readonly Racer[], work: Work, { rounds, seconds }: Pace): Promise<void> {
  let rows: number | undefined;
  for (let round = -1; round < rounds; round++) {
    for (const racer of racers) {
      const { peer, times } = racer, { promise } = peer.program;
      if (racer.failure !== undefined || (round < 0 && racer.isWarm) || hasEnough(times, seconds)) continue;
      const { ms, shape, error } = await peer.ask({ work });
      if (error !== undefined) {
        racer.failure = `failed in round ${round}: ${error}`;
        continue;
      }
      rows ??= shape[0];
      if (promise !== "shape" && shape[0] !== rows) {
        racer.note = `${NOT_THE_SAME} ${shape[0]} rows of ${rows}`;
      }
      if (round >= 0) times.push(ms);
    }
  }
}

/** Returns whether another round of a peer, after some that took so many milliseconds, would be too much. */
function hasEnough(times: readonly number[], seconds: number): boolean {
  const spent = times.reduce((sum, ms) => sum + ms, 0), last = times.at(-1) ?? 0;
  return times.length > 0 && spent + last > seconds * 1000;
}
