import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { queueAddress } from "../../../src/cluster/queue/queue_address.ts";
import { QueueConnection } from "../../../src/cluster/queue/queue_connection.ts";
import { SetQueue } from "../../../src/cluster/queue/set_queue.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { NatsServer } from "../../support/queue/nats_server.ts";
import { QueueProcess } from "../../support/queue/queue_processes.ts";
import { smallSet } from "../../support/fuzz/small_set.ts";
import { assertSameFiles, filesIn } from "../../support/sft/data_set.ts";
import { decidedSet } from "../../support/sft/decided_set.ts";
import { memoryDisk } from "../../support/fuzz/memory_disk.ts";
import { inFolder as inTemporaryFolder } from "../../support/temporary_folder.ts";
import { inFolder, vitrail } from "../../support/vitrail.ts";

const POISON_MAKER = fileURLToPath(new URL("../../support/queue/poison_maker.ts", import.meta.url));

/** Shards of a small set. */
const SHARDS = 6;

/** Fails unless a folder has the bytes that `vitrail sft` alone gives. */
async function assertAsAlone(set: readonly string[], folder: string, out: string): Promise<void> {
  const alone = join(folder, "alone");
  assertEquals((await vitrail(...set, "--out", alone)).status, 0);
  assertSameFiles(await filesIn(out), await filesIn(alone));
}

/** Waits for the first engine to be closed in this process. */
function closingOfEngine(): Disposable & { readonly closed: Promise<void> } {
  const own = Engine.prototype, close = own[Symbol.asyncDispose];
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  own[Symbol.asyncDispose] = async function () {
    await close.call(this);
    resolve();
  };
  return { closed, [Symbol.dispose]: () => void (own[Symbol.asyncDispose] = close) };
}

inFolder("asideError names a shard that every maker dies of, once three have", async (folder) => {
  await using server = await NatsServer.start();
  const set = await smallSet(folder, SHARDS), out = join(folder, "out");
  const command = [...set, "--queue", server.url, "--out", out, "--patience", "2"];
  const following = vitrail(...command);
  let followed = false, deaths = 0;
  following.then(() => followed = true);
  while (!followed) {
    await using maker = new QueueProcess([server.url, "2"], POISON_MAKER);
    const first = await Promise.race([maker.ended, following.then(() => undefined)]);
    if (first?.code === 137) deaths++;
  }
  const { status, err } = await following;
  assertEquals([status, deaths], [1, 3], err);
  assertStringIncludes(
    err,
    "vitrail: 1 shard was set aside, and all others are made; the same command tries again: " +
      "shard 2 (data.json#6, data.json#7, data.json#8): its makers ended without a word",
  );
  const made = (await Array.fromAsync(Deno.readDir(out))).filter(({ name }) =>
    /^shard-\d+\.json$/.test(name)
  );
  assertEquals(made.length, SHARDS - 1);
  await using _maker = new QueueProcess(["work", "--queue", server.url, "--executor", "reference"]);
  assertEquals((await vitrail(...command)).status, 0);
  await assertAsAlone(set, folder, out);
});

inFolder("makeQueued sets a shard aside whose picture is damaged, with its error", async (folder) => {
  await using server = await NatsServer.start();
  const set = await smallSet(folder, SHARDS), picture = join(folder, "3.png");
  const bytes = await Deno.readFile(picture);
  await Deno.writeFile(picture, bytes.subarray(0, bytes.length - 900)); // its header is whole
  await using maker = new QueueProcess(["work", "--queue", server.url, "--executor", "reference", "--once"]);
  const { status, err } = await vitrail(...set, "--queue", server.url, "--out", join(folder, "out"));
  assertEquals(status, 1, err);
  assertStringIncludes(err, "were set aside, and all others are made");
  assertStringIncludes(err, "3.png");
  assertEquals((await maker.ended).code, 0, maker.err);
});

inFolder("ShardStore brings shards to a folder that makers do not see, past a password", async (folder) => {
  await using server = await NatsServer.start("--user", "someone", "--pass", "p@ss/word");
  const set = await smallSet(folder, SHARDS), out = join(folder, "out");
  const url = server.url.replace("//", "//someone:p%40ss%2Fword@");
  for (const wrong of [server.url, url.replace("p%40ss", "p%40s")]) {
    const { status, err } = await vitrail("work", "--queue", wrong);
    assertEquals([status, /refuses this user/.test(err), /p(%40|@)s/.test(err)], [1, true, false], err);
  }
  await using maker = new QueueProcess(["work", "--queue", url, "--executor", "reference", "--once"]);
  const { status, err } = await vitrail(...set, "--queue", url, "--store", "--out", out);
  assertEquals([status, (await maker.ended).code], [0, 0], err + maker.err);
  await assertAsAlone(set, folder, out);
});

inFolder(
  "vitrail work makes a set whose tokens pixels decide, after sft has closed its engine",
  async (folder) => {
    await using server = await NatsServer.start();
    const queue = ["--queue", server.url], out = join(folder, "out");
    const clips = [["1.png", "1.png"], ["1.png", "2.png", "1.png"], ["1.png", "broken.png"], ["2.png"]];
    const set = [...await decidedSet(folder, clips), "--pack", "80", "--shard-size", "1samples"];
    using closing = closingOfEngine();
    const following = vitrail(...set, ...queue, "--out", out);
    // Nobody makes shards yet, so only an error ends it before.
    assertEquals(await Promise.race([closing.closed, following]), undefined);
    await using maker = new QueueProcess(["work", ...queue, "--executor", "simd", "--once"]);
    const { status, err, out: said } = await following;
    assertEquals([status, (await maker.ended).code], [0, 0], err + maker.err);
    assertStringIncludes(said, "3 shards");
    await assertAsAlone(set, folder, out);
  },
);

inFolder(
  "vitrail work makes one set after another, by a folder that is named from where it is",
  async (folder) => {
    await using server = await NatsServer.start();
    const set = await smallSet(folder, SHARDS),
      queue = ["--queue", server.url],
      place = join(folder, "place");
    const work = ["work", ...queue, "--executor", "reference", "--out", relative("", place)];
    await using maker = new QueueProcess(work);
    for (const seed of ["1", "2"]) {
      const out = join(folder, seed);
      const { status, err } = await vitrail(...set, ...queue, "--seed", seed, "--store", "--out", out);
      assertEquals(status, 0, err);
    }
    maker.kill("SIGINT");
    assertEquals((await maker.ended).code, 130, maker.err);
    assertEquals(await Array.fromAsync(Deno.readDir(place)), []);
  },
);

inFolder("followSet leaves the work in the queue where it is interrupted, and goes on", async (folder) => {
  await using server = await NatsServer.start();
  const set = await smallSet(folder, SHARDS), out = join(folder, "out"), queue = ["--queue", server.url];
  const command = [...set, ...queue, "--out", out, "--progress", "json"];
  await using first = new QueueProcess(command);
  await first.says("following");
  const second = await vitrail(...command);
  assertEquals(
    [second.status, /another process is making part 1 of 1/.test(second.err)],
    [2, true],
    second.err,
  );
  first.kill("SIGINT");
  const { code, out: said } = await first.ended;
  assertEquals(code, 130, first.err);
  assertStringIncludes(
    said,
    `stopped: 0 of ${SHARDS} shards are whole in ${out}; this goes on from there:\n`,
  );
  await using maker = new QueueProcess(["work", ...queue, "--executor", "reference", "--once"]);
  assertEquals((await maker.ended).code, 0, maker.err);
  const { status, err } = await vitrail(...command);
  assertEquals(status, 0, err);
  await assertAsAlone(set, folder, out);
});

inFolder(
  "vitrail work gives its shard back where it is interrupted, and refuses another set",
  async (folder) => {
    await using server = await NatsServer.start();
    const set = (await smallSet(folder, 40)).map((argument) =>
      argument === "3samples" ? "60samples" : argument
    );
    const work = ["work", "--queue", server.url, "--executor", "reference", "--progress", "json"];
    const out = join(folder, "out"), place = join(folder, "place");
    const command = [...set, "--queue", server.url, "--out", out, "--store", "--tries", "1"];
    await using follower = new QueueProcess([...command, "--progress", "json"]);
    await follower.says("following");
    const tokenizer = join(folder, "tokenizer.json"), text = await Deno.readTextFile(tokenizer);
    await Deno.writeTextFile(tokenizer, `${text}\n`);
    const refused = await new QueueProcess([...work, "--out", place]).ended;
    assertEquals(refused.code, 2, refused.err);
    assertStringIncludes(refused.err, "this machine has another set than the queue's: tokenizer");
    assertEquals(await Array.fromAsync(Deno.readDir(place)), []);
    await Deno.writeTextFile(tokenizer, text);
    await using stopped = new QueueProcess(work);
    await stopped.says('"work":"shard');
    stopped.kill("SIGINT");
    assertEquals((await stopped.ended).code, 130, stopped.err);
    await using maker = new QueueProcess(work);
    assertEquals((await follower.ended).code, 0, follower.err); // one try was all that each shard had
    assert(!maker.err.includes("bug"), maker.err);
  },
);

inFolder("makeQueued goes on after messages that nobody can read", async (folder) => {
  await using server = await NatsServer.start();
  const set = await smallSet(folder, SHARDS), queue = ["--queue", server.url];
  await using follower = new QueueProcess([
    ...set,
    ...queue,
    "--out",
    join(folder, "out"),
    "--progress",
    "json",
  ]);
  await follower.says("following");
  await using connection = await QueueConnection.open(queueAddress(server.url), console.error);
  const [id] = await SetQueue.ids(connection), { jetStream, manager, nats } = connection;
  const shards = `vitrail-${id}-shards`, last_by_subj = `vitrail.${id}.shard.2`;
  await manager.streams.deleteMessage(
    shards,
    (await manager.streams.getMessage(shards, { last_by_subj }))!.seq,
  );
  for (const subject of ["shard.1", "shard.2", "shard.77", "report.0"]) {
    await jetStream.publish(`vitrail.${id}.${subject}`, "{");
  }
  nats.publish(`vitrail.${id}.beat`, "{");
  await follower.says("a report in the queue is no JSON");
  await using maker = new QueueProcess(["work", ...queue, "--executor", "reference", "--once"]);
  assertEquals((await maker.ended).code, 0, maker.err);
  assertEquals(maker.err.match(/^a shard in the queue is no JSON: .+$/gm)?.length, 3, maker.err);
  assertEquals((await follower.ended).code, 1, follower.err);
  assertStringIncludes(follower.err, "vitrail: 1 shard was set aside, and all others are made");
  assertStringIncludes(
    follower.err,
    "shard 2 (data.json#6, data.json#7, data.json#8): a shard in the queue is no",
  );
});

Deno.test({
  name: "vitrail work gives its shard back where its disk is full, and says so",
  ignore: Deno.uid() !== 0, // a small disk has to be mounted
  fn: () =>
    inTemporaryFolder(async (folder) => {
      await using server = await NatsServer.start();
      const set = await smallSet(folder, SHARDS), place = join(folder, "disk");
      await Deno.mkdir(place);
      const disk = await memoryDisk(place);
      assert(disk !== undefined, "no disk was mounted");
      try {
        const queue = ["--queue", server.url], work = ["work", ...queue, "--executor", "reference"];
        const command = [...set, ...queue, "--out", join(folder, "out"), "--store", "--tries", "1"];
        const following = vitrail(...command);
        const full = await disk.within(8192, () => new QueueProcess([...work, "--out", place]).ended);
        assertEquals(full.code, 1, full.err);
        assertStringIncludes(full.err, "the disk is full");
        await using _maker = new QueueProcess(work);
        const { status, err } = await following;
        assertEquals(status, 0, err);
        assertStringIncludes(err, "the disk is full");
      } finally {
        await disk.close();
      }
    }),
});

inFolder("makeQueued ends well where it slept until the set was done", async (folder) => {
  await using server = await NatsServer.start();
  const set = await smallSet(folder, SHARDS), out = join(folder, "out"), queue = ["--queue", server.url];
  const following = vitrail(...set, ...queue, "--out", out, "--patience", "1");
  const work = ["work", ...queue, "--executor", "reference", "--progress", "json", "--once"];
  await using sleeper = new QueueProcess(work);
  await sleeper.says('"work":"shard');
  sleeper.kill("SIGSTOP");
  await using _other = new QueueProcess(work);
  const { status, err } = await following;
  assertEquals(status, 0, err);
  sleeper.kill("SIGCONT");
  assertEquals((await sleeper.ended).code, 0, sleeper.err);
  await assertAsAlone(set, folder, out);
});

inFolder("SetQueue waits on where its server stands still, and where this process does", async (folder) => {
  await using server = await NatsServer.start();
  const set = await smallSet(folder, 1), command = [...set, "--queue", server.url];
  await using follower = new QueueProcess([...command, "--out", join(folder, "out"), "--progress", "json"]);
  await follower.says("start makers");
  await using connection = await QueueConnection.open(queueAddress(server.url), console.error);
  const [id] = await SetQueue.ids(connection), queue = await SetQueue.open(connection, id);
  assert(await queue!.take() !== undefined);
  for (const who of ["server", "process"]) {
    const taken = queue!.take();
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (who === "server") await server.standStill(2000);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
    assertEquals(await taken, undefined, who);
  }
});

inFolder("QueueConnection says in a line that there is no server", async () => {
  const { status, err } = await vitrail("work", "--queue", "nats://127.0.0.1:1");
  assertEquals(status, 1);
  assertStringIncludes(err, "cannot use the queue at nats://127.0.0.1:1: ");
  assertEquals(err.trim().split("\n").length, 1, err);
});
