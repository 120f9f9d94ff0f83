import FlatQueue from "npm:flatqueue@3.1.0";
import { chance } from "../../tests/support/pictures/draw.ts";
import { lognormal, type Spread } from "./lognormal.ts";

/** Many workers that make the shards of a set. Times are in seconds. */
export interface Fleet {
  readonly workers: number;
  readonly shards: number;
  /** `queue`: a worker that is free takes the next shard; `parts`: each makes every n-th. */
  readonly scheme: "queue" | "parts";
  /** The time that a worker plans before its first shard. */
  readonly planning: number;
  /** The work of one shard, on a worker of common speed. */
  readonly shard: Spread;
  /** The share of workers that are slow, and how many times as long they take. */
  readonly slow: { readonly share: number; readonly times: number };
  /** The mean time between two failures of a worker, and until it is back; work on a shard is lost. */
  readonly failures: { readonly every: number; readonly back: number };
  readonly queue: {
    /** The messages that the queue handles a second: those that come and those that go. */
    readonly rate: number;
    /** The time between two signs of life of a worker with a shard, and the messages of one. */
    readonly beatEvery: number;
    readonly beat: number;
    /** The silence of a worker after which its shard is given to another one. */
    readonly patience: number;
    /** The messages by which a shard is put there, handed out, reported of and followed. */
    readonly shard: number;
    /** The messages a second of a worker without a shard, and of all followers. */
    readonly idle: number;
    readonly followers: number;
  };
  readonly storage: {
    /** Requests that the storage handles a second, and bytes. */
    readonly rate: number;
    readonly bandwidth: number;
    /** Requests and bytes of one shard. */
    readonly requests: number;
    readonly bytes: number;
  };
  readonly seed: number;
}

/** The way that the time of all workers went, in seconds of workers; together it is workers × time. */
export interface WorkerTime {
  planning: number;
  /** Work on shards that were finished. */
  work: number;
  /** Work that was lost by failures, and the time until workers were back. */
  failures: number;
  /** Waiting for the storage. */
  storage: number;
  /** Waiting for the queue's answers. */
  queue: number;
  /** Nothing left to do, while others still work. */
  tail: number;
}

/** The end of a simulated run. */
export interface Simulated {
  /** The time from the start until the last shard is there, s. */
  readonly seconds: number;
  readonly spent: WorkerTime;
  /** The shards that were finished; each is counted as often as it was. */
  readonly made: number;
  /** The tries that failed. */
  readonly failed: number;
  /** Messages of the queue. */
  readonly messages: number;
  /** Requests to the storage, and their bytes, those of lost work among them. */
  readonly requests: number;
  readonly bytes: number;
}

/** A server of one after the other: whoever comes while it is busy waits. */
class Server {
  #free = 0;

  /** Returns when something is done that is asked for at `time` and takes the server for `busy`, s. */
  ask(time: number, busy: number): number {
    this.#free = Math.max(this.#free, time) + busy;
    return this.#free;
  }
}

/**
 * Simulates a run, event by event. Reading and writing go on beside the work of a shard, so a worker waits
 * for the storage only where that is the slower one. Queue and storage serve in the order in which shards
 * are begun. Signs of life and followers take their part of the queue all the time, and a shard is asked for
 * in what is left.
 */
export function simulate(fleet: Fleet): Simulated {
  const { workers, shards, scheme, planning, slow, failures, queue, storage } = fleet;
  const random = chance(fleet.seed), time = lognormal(fleet.shard, random);
  const fail = failures.every < Infinity;
  const untilFailure = () => fail ? -Math.log(1 - random()) * failures.every : Infinity;
  const speeds = Array.from(
    { length: workers },
    (_, worker) => worker < Math.round(workers * slow.share) ? slow.times : 1,
  );
  const spent: WorkerTime = { planning: 0, work: 0, failures: 0, storage: 0, queue: 0, tail: 0 };
  const broker = new Server(), store = new Server(), asking = askingRate(fleet);
  const free = new FlatQueue<number>(), ends = new Float64Array(workers);
  const again = new FlatQueue<number>(); // by the queue: shards whose workers failed, by when they are known
  const left = Array.from({ length: workers }, (_, worker) => shardsOfPart(shards, workers, worker));
  let next = 0, seconds = 0, made = 0, failed = 0, messages = 0, requests = 0, bytes = 0;
  for (let worker = 0; worker < workers; worker++) {
    spent.planning += planning;
    free.push(worker, planning);
  }
  /** Takes a shard for a worker that is free; returns when there is one, undefined where none is left. */
  const taken = (worker: number, now: number): number | undefined => {
    if (scheme === "parts") return left[worker]-- > 0 ? now : undefined;
    const known = again.peekValue();
    if (known !== undefined && (known <= now || next === shards)) {
      again.pop();
      return Math.max(known, now);
    }
    if (next === shards) return undefined;
    next++;
    return now;
  };
  while (free.length > 0) {
    const now = free.peekValue()!, worker = free.pop()!, begin = taken(worker, now);
    ends[worker] = now;
    if (begin === undefined) continue;
    spent.tail += begin - now;
    const own = time() * speeds[worker], fails = untilFailure();
    const asked = scheme === "queue" ? broker.ask(begin, queue.shard / asking) : begin;
    const busy = Math.max(storage.requests / storage.rate, storage.bytes / storage.bandwidth);
    const done = Math.max(asked + own, store.ask(asked, busy));
    requests += storage.requests;
    bytes += storage.bytes;
    spent.queue += asked - begin;
    if (scheme === "queue") {
      const beats = 1 + Math.floor(Math.min(done - asked, fails) / queue.beatEvery);
      messages += queue.shard + beats * queue.beat;
    }
    if (asked + fails < done) {
      const lost = asked + fails;
      failed++;
      spent.failures += fails + failures.back;
      if (scheme === "queue") again.push(worker, lost + queue.patience);
      else left[worker]++;
      free.push(worker, lost + failures.back);
      continue;
    }
    made++;
    seconds = Math.max(seconds, done);
    spent.work += own;
    spent.storage += done - (asked + own);
    free.push(worker, done);
  }
  for (const end of ends) {
    spent.tail += Math.max(0, seconds - end);
    const over = Math.max(0, end - seconds); // of who was not ready before the last shard was there
    if (end === planning) spent.planning -= over;
    else spent.failures -= over;
  }
  if (scheme === "queue") messages += spent.tail * queue.idle + seconds * queue.followers;
  return { seconds, spent, made, failed, messages, requests, bytes };
}

/**
 * Returns the messages a second that are left for asking, while every worker has a shard.
 * @throws {TypeError} where none are.
 */
function askingRate({ workers, queue: { rate, beat, beatEvery, followers } }: Fleet): number {
  const left = rate - followers - workers * beat / beatEvery;
  if (left > 0) return left;
  throw new TypeError(`${workers} workers give more signs of life than ${rate} messages a second`);
}

/** Returns how many shards a part has. */
function shardsOfPart(shards: number, parts: number, part: number): number {
  return Math.floor(shards / parts) + (part < shards % parts ? 1 : 0);
}
