/**
 * Simulates the making of a large set by 10 to 10 000 workers, with failures and slow workers: shards from a
 * queue, and by fixed parts (`--shard I/N`). It prints the time to finish, the efficiency, what is asked of
 * the queue and of the storage, and what takes most of the workers' time that is no work. The same seed gives
 * the same table.
 *
 *     deno run --allow-all bench/scale.ts [--samples N] [--set N] [--cores N] [--measure] [--json]
 *
 * A data set of `--samples` is made as sets of `--set` each, since every worker plans all of the set that it
 * works on; a worker works on one. `--measure` takes this machine's times in place of those of `costs.ts`.
 */
import { parseArgs } from "node:util";
import { columnsText } from "../src/cli/output/table.ts";
import { PATIENCE } from "../src/cli/queue/queue_flags.ts";
import { LOOK_EVERY } from "../src/cluster/queue/follow_set.ts";
import { BEATS } from "../src/cluster/queue/make_queued.ts";
import { COSTS, type Costs } from "./scale/costs.ts";
import { measuredCosts } from "./scale/measure_costs.ts";
import { type Fleet, simulate, type Simulated } from "./scale/simulate.ts";
import { summed } from "./scale/lognormal.ts";

/** The counts of workers that are simulated. */
const WORKERS = [10, 100, 1000, 10_000];

/** Bytes of a shard: the default of `--shard-size`. */
const SHARD = 512 * 2 ** 20;

/** Bytes that a request to the storage takes with it at most, when a shard is written. */
const WRITTEN_AT_ONCE = 16 * 2 ** 20;

/**
 * The messages of the queue, those that come and those that go, as `src/cluster/queue/` sends them: nearly
 * all are questions with an answer.
 *
 * - Of a shard: its putting, a maker's look whether there is work, its consumer, the shard itself, its last
 *   report, the reports of its beginning and its end, the end of its message, and the follower's reading of
 *   both reports. A real server counted 18 of quick shards, of which the follower finds the end alone.
 * - Of a sign of life: one to the server, which passes it on to the follower, and one that keeps the shard.
 * - Of a maker without a shard, a second: the consumer, a shard that there is not, and a look for work.
 */
const MESSAGES = { shard: 20, beat: 3, idle: 6 };

/** The messages a second of a follower: it looks for news. */
const FOLLOWER = 2 * 1000 / LOOK_EVERY;

/** The rest of the world, where nobody says otherwise. Times are in seconds. */
const WORLD = {
  slow: { share: 0.02, times: 3 },
  failures: { every: 24 * 3600, back: 120 },
  queue: { rate: 20_000, patience: PATIENCE, beatEvery: PATIENCE / BEATS, ...MESSAGES },
  storage: { rate: 50_000, bandwidth: 50e9 },
};

const { values } = parseArgs({
  options: {
    samples: { type: "string", default: "100000000" },
    set: { type: "string", default: "1000000" },
    cores: { type: "string", default: "4" },
    seed: { type: "string", default: "22" },
    measure: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const samples = Number(values.samples), cores = Number(values.cores);
const set = Math.min(samples, Number(values.set));
const costs = values.measure ? await measuredCosts() : COSTS;

const rows = WORKERS.flatMap((workers) =>
  (["queue", "parts"] as const).map((scheme) => rowOf(fleetOf(workers, scheme, costs)))
);
if (values.json) console.log(JSON.stringify({ samples, set, cores, costs, world: WORLD, rows }, null, 2));
else {
  console.log(`${samples} samples in sets of ${set}, ${cores} cores a worker`);
  const header = ["workers", "shards by", "hours", "efficiency", "messages/s", "requests/s", "GB/s", "limit"];
  const text = rows.map((row) => [
    String(row.workers),
    row.scheme,
    row.hours.toFixed(2),
    `${(row.efficiency * 100).toFixed(1)}%`,
    row.messagesPerSecond.toFixed(1),
    row.requestsPerSecond.toFixed(0),
    (row.bytesPerSecond / 1e9).toFixed(2),
    row.limit,
  ]);
  console.log(columnsText([header, ...text], [true, false, true, true, true, true, true, false]));
}

/** Returns the fleet of so many workers. Sets are made side by side, and each worker plans one of them. */
function fleetOf(workers: number, scheme: Fleet["scheme"], costs: Costs): Fleet {
  const { pictures, file, rows } = costs, own = Math.max(1, Math.floor(SHARD / (pictures * rows))); // samples
  const sets = samples / set, planned = Math.max(1, sets / workers); // sets that a worker plans
  const images = own * pictures, perPicture = sumOf(costs.decoding, costs.computing);
  const work = summed(perPicture, images), written = summed(costs.writing, SHARD / 2 ** 20);
  const again = own * costs.planning; // a shard's samples are planned again when it is made
  return {
    workers,
    scheme,
    shards: Math.ceil(samples / own),
    planning: (planned * set * costs.planning) / 1000,
    shard: {
      mean: (work.mean / cores + written.mean + again) / 1000,
      deviation: Math.hypot(work.deviation / cores, written.deviation) / 1000,
    },
    ...WORLD,
    queue: { ...WORLD.queue, followers: Math.min(sets, workers) * FOLLOWER },
    storage: {
      ...WORLD.storage,
      requests: images + Math.ceil(SHARD / WRITTEN_AT_ONCE) + 2, // pictures, pieces, the note and its look-up
      bytes: images * file + SHARD,
    },
    seed: Number(values.seed),
  };
}

function sumOf(a: Costs["decoding"], b: Costs["decoding"]): Costs["decoding"] {
  return { mean: a.mean + b.mean, deviation: Math.hypot(a.deviation, b.deviation) };
}

/** Returns what is told of a simulated run. */
function rowOf(fleet: Fleet) {
  const run = simulate(fleet), { workers, scheme } = fleet, { seconds } = run;
  return {
    workers,
    scheme,
    hours: seconds / 3600,
    efficiency: run.spent.work / (workers * seconds),
    messagesPerSecond: run.messages / seconds,
    requestsPerSecond: run.requests / seconds,
    bytesPerSecond: run.bytes / seconds,
    limit: limitOf(run, workers),
    ...run,
  };
}

/** Returns what takes most of the workers' time beside work, with its share. */
function limitOf({ seconds, spent }: Simulated, workers: number): string {
  const [name, most] = Object.entries(spent).filter(([name]) => name !== "work")
    .reduce((a, b) => b[1] > a[1] ? b : a);
  return `${name}, ${(100 * most / (workers * seconds)).toFixed(1)}%`;
}
