/**
 * A maker that ends without a word whenever it is to make one shard, as one does whose process runs out of
 * memory: `poison_maker.ts URL SHARD`.
 *
 * @module
 */

import { makeQueued } from "../../../src/cluster/queue/make_queued.ts";
import { queueAddress } from "../../../src/cluster/queue/queue_address.ts";
import { QueueConnection } from "../../../src/cluster/queue/queue_connection.ts";
import { openSet } from "../../../src/cli/queue/opened_set.ts";
import { Engine } from "../../../src/engine/engine.ts";

const [url, poison] = Deno.args, maker = crypto.randomUUID();
await using connection = await QueueConnection.open(queueAddress(url), console.error);
await using engine = await Engine.open({ executor: "reference" });
await makeQueued(connection, {
  maker,
  async openSet(order, queue) {
    const set = await openSet(order, queue, { engine, maker });
    return {
      ...set,
      make(shard, signal, onUnits) {
        if (shard.shard === Number(poison)) Deno.exit(137);
        return set.make(shard, signal, onUnits);
      },
    };
  },
  idle: 60_000,
  once: false,
  signal: new AbortController().signal,
  say: console.error,
});
