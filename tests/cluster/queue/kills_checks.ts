import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { NatsServer } from "../../support/queue/nats_server.ts";
import { after, QueueProcess } from "../../support/queue/queue_processes.ts";
import { smallSet } from "../../support/fuzz/small_set.ts";
import { draws, oneOf } from "../../support/fuzz/draws.ts";
import { assertSameFiles, filesIn } from "../../support/sft/data_set.ts";
import { inFolder, vitrail } from "../../support/vitrail.ts";

/** Makers at one time, how often one of them is killed, and after which kill the server is restarted. */
const MAKERS = 5, KILLS = 20, RESTART = 9;

/** Shards of the set, and how many of them are to be made between two kills. */
const SHARDS = 100, BETWEEN = 4;

/** The longest time from there to the kill, ms. */
const PAUSE = 100;

/** Returns the count of shards that are whole in a folder. */
async function wholeIn(folder: string): Promise<number> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return entries.filter(({ name }) => /^shard-\d+\.safetensors$/.test(name)).length;
}

inFolder("vitrail work makes the bytes of sft alone, through twenty kills and a restart", async (folder) => {
  const set = await smallSet(folder, SHARDS), draw = draws(22), out = join(folder, "queued");
  await using server = await NatsServer.start();
  const queue = ["--queue", server.url];
  // Each kill is a try of the shard that it hits, and the same shard may be hit several times.
  const following = vitrail(...set, ...queue, "--out", out, "--patience", "2", "--tries", "20");
  await using stack = new AsyncDisposableStack();
  const work = ["work", ...queue, "--executor", "reference", "--progress", "json"];
  const makers = Array.from({ length: MAKERS }, () => stack.use(new QueueProcess(work)));
  for (let kill = 1; kill <= KILLS; kill++) {
    const atWork = () => makers.filter(({ err }) => err.includes('"work":"shard'));
    while (await wholeIn(out) < kill * BETWEEN || atWork().length === 0) await after(10);
    await after(draw(PAUSE));
    const one = oneOf(draw, atWork());
    one.kill("SIGKILL");
    assertEquals((await one.ended).signal, "SIGKILL", one.err);
    makers[makers.indexOf(one)] = stack.use(new QueueProcess(work));
    if (kill === RESTART) {
      await server.end("SIGKILL");
      await after(draw(PAUSE));
      await server.again();
    }
  }
  assert(await wholeIn(out) < SHARDS, "the set was done before the last kill");
  const { status, err, out: said } = await following;
  assertEquals(status, 0, err);
  assertStringIncludes(said, `${SHARDS} shards`);
  for (const word of ["gone", "back"]) assertStringIncludes(err, `the queue at ${server.url} is ${word}`);
  assertEquals((await vitrail(...set, "--out", join(folder, "alone"))).status, 0);
  assertSameFiles(await filesIn(out), await filesIn(join(folder, "alone")));
});
