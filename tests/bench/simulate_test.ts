import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { lognormal, summed } from "../../bench/scale/lognormal.ts";
import { type Fleet, simulate } from "../../bench/scale/simulate.ts";
import { chance } from "../support/pictures/draw.ts";

/** A fleet whose shards all take 10 s, which nothing holds up. */
const CALM: Fleet = {
  workers: 1,
  shards: 21,
  scheme: "queue",
  planning: 5,
  shard: { mean: 10, deviation: 0 },
  slow: { share: 0, times: 1 },
  failures: { every: Infinity, back: 0 },
  queue: { rate: Infinity, beatEvery: 3, beat: 3, patience: 30, shard: 20, idle: 6, followers: 10 },
  storage: { rate: Infinity, bandwidth: Infinity, requests: 7, bytes: 100 },
  seed: 1,
};

/** The same with all that goes wrong. */
const WILD: Fleet = {
  ...CALM,
  workers: 7,
  shards: 200,
  shard: { mean: 10, deviation: 8 },
  slow: { share: 0.3, times: 3 },
  failures: { every: 100, back: 20 },
  queue: { ...CALM.queue, rate: 30 },
  storage: { rate: 5, bandwidth: 1000, requests: 7, bytes: 100 },
};

Deno.test("simulate takes of one worker the sum of all it does, and of n an n-th", () => {
  for (const scheme of ["queue", "parts"] as const) {
    assertAlmostEquals(simulate({ ...CALM, scheme }).seconds, 5 + 21 * 10);
    assertAlmostEquals(simulate({ ...CALM, scheme, workers: 7 }).seconds, 5 + 3 * 10);
    assertAlmostEquals(simulate({ ...CALM, scheme, workers: 20 }).seconds, 5 + 2 * 10);
    const wild = {
      ...WILD,
      scheme,
      workers: 1,
      failures: CALM.failures,
      slow: CALM.slow,
      storage: CALM.storage,
    };
    const { seconds, spent } = simulate(wild);
    assertAlmostEquals(seconds, spent.planning + spent.work + spent.queue);
  }
});

Deno.test("simulate makes every shard once, and leaves no time of a worker unexplained", () => {
  for (const scheme of ["queue", "parts"] as const) {
    for (const seed of [1, 2, 3]) {
      const { made, failed, seconds, spent, requests, bytes } = simulate({ ...WILD, scheme, seed });
      assertEquals(made, WILD.shards);
      assert(failed > 0);
      assertEquals([requests, bytes], [(made + failed) * 7, (made + failed) * 100]);
      const all = Object.values(spent).reduce((sum, own) => sum + own, 0);
      assertAlmostEquals(all, WILD.workers * seconds, 1e-6);
      assert(Object.values(spent).every((own) => own >= 0), JSON.stringify(spent));
    }
  }
});

Deno.test("simulate gives slow workers fewer shards of a queue, and as many of fixed parts", () => {
  const slow = { ...CALM, workers: 10, shards: 1000, slow: { share: 0.1, times: 3 } };
  const ideal = 5 + 1000 * 10 / (9 + 1 / 3); // nine workers of common speed, and a third of one
  const queue = simulate(slow).seconds, parts = simulate({ ...slow, scheme: "parts" }).seconds;
  assert(queue >= ideal && queue < ideal + 3 * 10 + 1, `${queue} s, ideal ${ideal}`);
  assertAlmostEquals(parts, 5 + 100 * 30);
});

Deno.test("simulate counts messages of shards, signs of life, idle workers and followers", () => {
  const shards = 21 * (20 + (1 + 3) * 3); // each takes 10 s, and a sign of life comes at once and every 3 s
  const messages = (workers: number) => simulate({ ...CALM, workers }).messages;
  assertAlmostEquals(messages(1), shards + (5 + 21 * 10) * 10);
  // While one makes the last, 19 wait.
  assertAlmostEquals(messages(20), shards + 19 * 10 * 6 + (5 + 2 * 10) * 10);
  assertEquals(simulate({ ...CALM, scheme: "parts" }).messages, 0);
  assertThrows(
    () => simulate({ ...CALM, workers: 20, queue: { ...CALM.queue, rate: 30 } }),
    TypeError,
    "more signs of life",
  );
});

Deno.test("simulate is bounded by the storage where that is the slowest", () => {
  const storage = { rate: 1, bandwidth: Infinity, requests: 7, bytes: 0 };
  const { seconds, spent } = simulate({ ...CALM, workers: 100, shards: 300, storage });
  assertAlmostEquals(seconds, 5 + 300 * 7);
  assert(spent.storage > spent.work);
});

Deno.test("lognormal draws have the mean and the deviation that were asked for", () => {
  const draw = lognormal({ mean: 10, deviation: 8 }, chance(3)),
    values = Array.from({ length: 20_000 }, draw);
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  assert(Math.abs(mean - 10) < 0.2 && Math.abs(deviation - 8) < 0.5, `${mean} ± ${deviation}`);
  assertEquals(summed({ mean: 10, deviation: 8 }, 4), { mean: 40, deviation: 16 });
});
