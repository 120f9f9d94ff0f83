import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { followSet } from "../../../src/cluster/queue/follow_set.ts";
import { makeQueued, type OpenedSet } from "../../../src/cluster/queue/make_queued.ts";
import { queueAddress } from "../../../src/cluster/queue/queue_address.ts";
import { QueueConnection } from "../../../src/cluster/queue/queue_connection.ts";
import { removeQueue } from "../../../src/cluster/queue/remove_queue.ts";
import { SetQueue } from "../../../src/cluster/queue/set_queue.ts";
import { ShardStore } from "../../../src/cluster/queue/shard_store.ts";
import { VitrailError } from "../../../src/errors.ts";
import type { ManifestShard } from "../../../src/formats/manifest.ts";
import { sha256OfBytes } from "../../../src/formats/sha256.ts";
import { SetFolder } from "../../../src/sft/set/set_folder.ts";
import type { SetPlan } from "../../../src/sft/set/set_plan.ts";
import { order, plannedShard, reports } from "../../support/queue/messages.ts";
import { operatedAccount } from "../../support/queue/credentials.ts";
import { NatsServer } from "../../support/queue/nats_server.ts";
import { after } from "../../support/queue/queue_processes.ts";
import { inFolder } from "../../support/temporary_folder.ts";

const whole = (reports.find(({ state }) => state === "made") as { made: ManifestShard }).made;

/** Runs a test at the queue of a set, of which nothing is put yet. */
async function atQueue(
  run: (queue: SetQueue, connection: QueueConnection) => Promise<void>,
  own: Partial<typeof order> = {},
): Promise<void> {
  await using server = await NatsServer.start();
  await using connection = await QueueConnection.open(queueAddress(server.url), console.error);
  await run(await SetQueue.make(connection, { ...order, ...own }, []), connection);
}

/** Follows a set of some shards; `told` is called with each line for people, and with the folder. */
async function following(
  queue: SetQueue,
  told: (line: string, folder: string) => unknown,
  signal?: AbortSignal,
  count = 1,
) {
  await inFolder(async (path) => {
    await using folder = await SetFolder.open(path, {}, [1, 1]);
    const { layout } = order,
      shards = new Map(Array.from({ length: count }, (_, shard) => [shard, plannedShard(false)]));
    const say = (line: string) => told(line, path);
    const plan = { count, shards, skipped: [], layout, sha256: "ab" } as unknown as SetPlan;
    const material = undefined as never; // which names the samples of shards that were set aside
    await followSet(queue, folder, plan, { material, decisive: {}, onError: "fail", signal, say });
  });
}

/** Makes what a queue holds, for two seconds without work; returns the counts of its work. */
async function making(queue: SetQueue, make: OpenedSet["make"]) {
  const set = { make, has: () => Promise.resolve(true), async [Symbol.asyncDispose]() {} };
  const { signal } = new AbortController(), say = () => {};
  const openSet = () => Promise.resolve(set);
  const work = await makeQueued(queue.connection, {
    maker: "b",
    openSet,
    idle: 2000,
    once: true,
    signal,
    say,
  });
  return [work.shards, work.failed, work.gone];
}

Deno.test("SetQueue.drop passes over messages that are gone, and that never were", () =>
  atQueue(async (queue) => {
    await queue.put(0, plannedShard(false));
    for (const message of [999, 1, 1]) await queue.drop(message);
    assertEquals(await queue.busy(), false);
  }));

Deno.test("SetQueue.make takes another patience of the same set", () =>
  atQueue(async (queue, connection) => {
    await SetQueue.make(connection, { ...order, patience: 2000 }, []);
    const { consumers } = connection.manager;
    const { config } = await consumers.info(`vitrail-${queue.id}-shards`, "makers");
    assertEquals(config.ack_wait, 2e9);
    assertEquals((await SetQueue.open(connection, queue.id))!.order.patience, 2000);
  }));

Deno.test("SetQueue.make refuses too large orders and shards before it makes anything", async () => {
  await using server = await NatsServer.start();
  await using connection = await QueueConnection.open(queueAddress(server.url), console.error);
  const positions = Array.from({ length: 2 ** 17 }, (_, at) => 2 * at), args = ["x".repeat(2 ** 20)];
  const wrong = { ...plannedShard(false), positions };
  await assertRejects(
    () => SetQueue.make(connection, order, [[3, wrong]]),
    VitrailError,
    "message of shard 3 has",
  );
  await assertRejects(
    () => SetQueue.make(connection, { ...order, args }, []),
    VitrailError,
    "message of the set's order has",
  );
  assertEquals(await SetQueue.ids(connection), []);
});

Deno.test("followSet ends where its queue is gone", () =>
  atQueue(async (queue) => {
    const { message } = await assertRejects(() => following(queue, () => queue.destroy()), VitrailError);
    assertStringIncludes(message, "the queue of this set is gone from nats://127.0.0.1:");
    await assertRejects(() => queue.put(0, plannedShard(false)), VitrailError, "is gone from");
  }));

Deno.test("followSet has a shard made again that lacks samples, where it was to fail", () =>
  atQueue(async (queue) => {
    const skipped = [{ position: 4, code: "decode", reason: "it is damaged" }],
      { marks } = plannedShard(false);
    const made = { ...whole, shard: 0, file: "shard-00000.safetensors", skipped };
    await queue.report({ shard: 0, maker: "a", state: "made", made, marks });
    const ending = new AbortController(), lines: string[] = [];
    const say = (line: string) => lines.push(line) === 2 && ending.abort();
    await assertRejects(() => following(queue, say, ending.signal), DOMException);
    assertEquals(lines[0], "a, shard 0: its maker left samples out, which --on-error fail does not allow");
    assertEquals((await queue.reportOf(0))?.state, "failed");
  }));

Deno.test("followSet hears makers while it collects shards", () =>
  atQueue(async (queue) => {
    const { marks } = plannedShard(false),
      ending = new AbortController(),
      bytes = createHash("sha256").digest();
    const made = {
      ...whole,
      shard: 1,
      file: "shard-00001.safetensors",
      bytes: 32,
      sha256: sha256OfBytes(bytes),
    };
    await queue.put(0, plannedShard(false)); // at work for the last time, by a maker that lives
    await queue.report({ shard: 0, maker: "a", state: "begun", tries: 3, message: 1 });
    await queue.report({ shard: 2, maker: "c", state: "failed", tries: 1, message: 9, error: "late" });
    await queue.report({ shard: 1, maker: "b", state: "made", made, marks });
    const beating = setInterval(() => queue.beat({ maker: "a", shard: 0, pictures: 1 }), 50);
    const states: (string | undefined)[] = [];
    const watch = async (_: string, folder: string) => {
      if (states.push("told") > 1) return;
      await after(1300); // longer than a maker may be silent
      clearInterval(beating);
      await Deno.writeFile(join(folder, made.file), bytes);
      await after(600);
      states.push((await queue.reportOf(0))?.state);
      ending.abort();
    };
    await assertRejects(() => following(queue, watch, ending.signal, 3), DOMException);
    assertEquals(states.at(-1), "begun");
  }, { patience: 500 }));

Deno.test("makeQueued counts tries that were begun alone", () =>
  atQueue(async (queue) => {
    await queue.put(0, plannedShard(false));
    await queue.take(); // by a maker that dies before it begins
    assertEquals(await making(queue, () => Promise.resolve({ ...whole, shard: 0 })), [1, 0, 0]);
  }, { tries: 1, patience: 500 }));

Deno.test("makeQueued sets a shard aside whose report nobody can read, and one whose message is so", () =>
  atQueue(async (queue, { jetStream }) => {
    const subject = `vitrail.${queue.id}`;
    await queue.put(0, plannedShard(false));
    await jetStream.publish(`${subject}.shard.1`, "{");
    const work = await making(queue, async () => {
      await jetStream.publish(`${subject}.report.0`, "{");
      throw new VitrailError("decode", "it is damaged");
    });
    assertEquals(work, [0, 1, 0]);
    const made = await queue.reportOf(0), unread = await queue.reportOf(1) as { error?: string };
    assertEquals(made as object, {
      shard: 0,
      maker: "b",
      state: "aside",
      tries: 1,
      message: 1,
      error: "it is damaged",
    });
    assertStringIncludes(unread.error!, "a shard in the queue is no JSON");
  }, { tries: 1 }));

Deno.test("makeQueued counts a queue that is gone before its set is done, and no other", async () => {
  for (const [end, gone] of [["destroy", 1], ["end", 0]] as const) {
    await atQueue(async (queue) => {
      await queue.put(0, plannedShard(false));
      const make = async () => {
        await queue[end]();
        return { ...whole, shard: 0 };
      };
      assertEquals(await making(queue, make), [1, 0, gone]);
    });
  }
});

Deno.test("removeQueue removes all of one set, and names those that there are", () =>
  atQueue(async (queue, connection) => {
    await queue.put(0, plannedShard(false));
    await ShardStore.open(connection, queue.id);
    const message = `no queue of a set "x" at ${connection.address.server}; it has ${queue.id}`;
    await assertRejects(() => removeQueue(connection, "x"), VitrailError, message);
    const { out } = order, expected = { set: queue.id, waiting: 1, reports: 0, stored: 0, out };
    assertEquals(await removeQueue(connection, queue.id), expected);
    assertEquals(await Array.fromAsync(connection.manager.streams.names()), []);
    await assertRejects(() => removeQueue(connection, queue.id), VitrailError, "it has none");
  }));

Deno.test("ShardStore.fetch leaves a file as it is where the store has other bytes", () =>
  atQueue((queue, connection) =>
    inFolder(async (folder) => {
      const store = await ShardStore.open(connection, queue.id), path = join(folder, whole.file);
      await Deno.writeTextFile(path, "other bytes");
      await store.put(folder, whole);
      await Deno.writeTextFile(path, "as before");
      await assertRejects(() => store.fetch(folder, whole, ".part"), VitrailError, "has another checksum");
      assertEquals(await Deno.readTextFile(path), "as before");
      assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1);
    })
  ));

Deno.test("QueueConnection asks a server that is gone no more, once it is aborted", async () => {
  await using server = await NatsServer.start();
  const ending = new AbortController(), { signal } = ending;
  await using connection = await QueueConnection.open(queueAddress(server.url), () => {}, signal);
  await server.end();
  let asked = 0;
  const asking = connection.ask(() => {
    if (++asked === 2) ending.abort();
    return Promise.reject(Object.assign(new Error(), { name: "TimeoutError" }));
  });
  assertEquals(await asking.catch((error) => error), signal.reason);
  assertEquals(asked, 2);
});

Deno.test("QueueConnection says that a server refuses it by now, or refuses a subject", async () => {
  await using server = await NatsServer.start();
  const config = join(server.folder, "users.conf"), allow = '["$JS.API.>", "_INBOX.>"]';
  const url = server.url.replace("//", "//me:one@");
  const users = (password: string) =>
    Deno.writeTextFile(
      config,
      `authorization { users = [{ user: me, password: ${password}, permissions: { publish: ${allow} } }] }`,
    );
  await users("one");
  await server.end();
  await server.again("-c", config);
  await using connection = await QueueConnection.open(queueAddress(url), () => {});
  const publish = () => connection.ask(() => connection.jetStream.publish("vitrail.x", "{}"));
  await assertRejects(publish, VitrailError, "Permissions Violation for Publish");
  await users("two");
  await server.end();
  await server.again("-c", config);
  await assertRejects(publish, VitrailError, "it refuses this user");
});

Deno.test("QueueConnection comes by a file of credentials, and not without", async () => {
  await using server = await NatsServer.start();
  const { config, creds } = await operatedAccount(),
    [users, file] = ["users.conf", "maker.creds"].map((name) => join(server.folder, name));
  await Deno.writeTextFile(users, config);
  await Deno.writeFile(file, creds);
  await server.end();
  await server.again("-c", users);
  const open = (credentials?: string) =>
    QueueConnection.open(queueAddress(server.url, credentials), () => {});
  await assertRejects(open, VitrailError, "it refuses this user");
  await Deno.writeFile(`${file}.other`, (await operatedAccount()).creds);
  await assertRejects(() => open(`${file}.other`), VitrailError, "it refuses this user");
  await using connection = await open(file);
  assertEquals(await SetQueue.ids(connection), []);
  await SetQueue.make(connection, order, []);
  assertEquals((await SetQueue.ids(connection)).length, 1);
});

Deno.test("QueueConnection passes over resets of sockets while it is open alone", async () => {
  await using server = await NatsServer.start();
  const error = Object.assign(new Error("reset"), { code: "ECONNRESET" });
  const passes = () => !dispatchEvent(new ErrorEvent("error", { error, cancelable: true }));
  {
    await using _connection = await QueueConnection.open(queueAddress(server.url), () => {});
    assertEquals(passes(), true);
  }
  await after(0);
  assertEquals(passes(), false);
});
