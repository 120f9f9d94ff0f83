/**
 * `deno task test:slurm`: makes a set by the script of `vitrail sft --print slurm`: an array of 8, on a Slurm
 * that is started for it. One task is requeued while it works, and ends its shard; another is killed at that.
 * The merged set is held, byte by byte, to one that was made alone. Where Slurm cannot start, the test is
 * skipped with the reason. The last line counts the tests.
 *
 * @module
 */

import { join } from "node:path";
import { startDeno } from "../../../src/tasks/run.ts";
import { FAILURE, NONE, type Tally, tallyText } from "../../../src/tasks/tally.ts";
import { assertSameFiles, filesIn, turns, writePicture, writeSamples } from "../sft/data_set.ts";
import { MAIN } from "../vitrail.ts";
import { type SlurmCluster, startSlurm } from "./slurm_cluster.ts";

/** The test's name. */
const NAME =
  "vitrail sft --print slurm: an array of 8, of which two tasks are killed, makes the set of one run";

/** The samples, each a shard of its own: six a part. */
const SAMPLES = 48, PARTS = 8;

/** The cores that the node says it has: three parts at a time, by the cores that a job asks for. */
const NODE_CORES = 12;

/** The parts that are killed, whose pictures are larger, so that they are at work for a time. */
const KILLED = [2, 5];

/** The longest that the array and its merge may take, ms: on a machine that does much else. */
const LONGEST = 180_000;

/** The flags by which this Deno runs the command line. */
const ALLOWED = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-ffi"];

/** Runs the command line in a folder, and returns what it printed. */
async function vitrailIn(cwd: string, ...args: string[]): Promise<string> {
  const { code, stdout } = await startDeno(["run", "--quiet", ...ALLOWED, MAIN, ...args], {
    cwd,
    stdout: "keep",
    stderr: "null",
  });
  if (code !== 0) throw new Error(`vitrail ${args.join(" ")} ended with code ${code}: ${stdout}`);
  return stdout;
}

/** Waits until something holds. */
async function until(what: string, holds: () => Promise<boolean>, pause = 100): Promise<void> {
  for (const end = performance.now() + LONGEST; performance.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`${what}: not within ${LONGEST / 1000} s`);
}

/** Returns the state of a job, or of a task `JOB_TASK`, and how often it was started again. */
async function stateOf(cluster: SlurmCluster, job: string): Promise<{ state: string; restarts: number }> {
  const { stdout } = await cluster.run("scontrol", "--oneliner", "show", "job", job);
  const field = (name: string) => new RegExp(`\\b${name}=(\\S+)`).exec(stdout)?.[1] ?? "";
  return { state: field("JobState"), restarts: Number(field("Restarts")) };
}

/** Returns the processes of a task. */
async function processesOf(cluster: SlurmCluster, task: string): Promise<number[]> {
  const { stdout: job } = await cluster.run("scontrol", "--oneliner", "show", "job", task);
  const { stdout } = await cluster.run("scontrol", "listpids", /\bJobId=(\d+)/.exec(job)![1]);
  return [...stdout.matchAll(/^(\d+) .* batch /gm)].map(([, id]) => Number(id));
}

/** Writes a set of samples with pictures of their own, and returns its path. */
async function writeSet(folder: string): Promise<string> {
  const samples = [];
  for (let id = 0; id < SAMPLES; id++) {
    const image = `${id}.png`, side = KILLED.includes(id % PARTS + 1) ? 400 : 60;
    await writePicture(folder, image, { kind: "noise", w: side + id, h: side, seed: id + 1 });
    samples.push({ id, conversations: turns("?", "!"), image });
  }
  return await writeSamples(folder, "my set.json", samples);
}

/** Waits until a part has made its first shard, and so is in the middle of its work. */
async function begun(out: string, part: number): Promise<void> {
  const note = join(out, `shard-${String(part - 1).padStart(5, "0")}.json`);
  await until(`part ${part} begins`, () => Deno.stat(note).then(() => true, () => false), 5);
}

/** Fails where a part has its manifest, and so was not in the middle of its work. */
async function requireUnfinished(out: string, part: number): Promise<void> {
  const manifest = join(out, `manifest-${part}-of-${PARTS}.json`);
  const whole = await Deno.stat(manifest).then(() => true, () => false);
  if (whole) throw new Error(`part ${part} had ended before it was killed`);
}

async function test(cluster: SlurmCluster): Promise<void> {
  const { folder } = cluster, out = join(folder, "by slurm"), alone = join(folder, "alone");
  await writeSet(folder);
  const flags = ["--recipe", "ixc25", "--executor", "simd", "--lanes", "0", "--shard-size", "1samples"];
  const sft = ["sft", "my set.json", ...flags];
  await vitrailIn(folder, ...sft, "--out", alone);
  const script = await vitrailIn(
    folder,
    ...sft,
    "--out",
    out,
    "--print",
    "slurm",
    "--shard",
    `auto/${PARTS}`,
  );
  const { stdout } = await cluster.run("sh", "-c", script);
  const [, array, merge] = /^array (\d+), merge (\d+)$/m.exec(stdout) ?? [];
  if (array === undefined) throw new Error(`the script printed ${stdout}`);
  await begun(out, 2);
  await cluster.run("scontrol", "requeue", `${array}_1`);
  await requireUnfinished(out, 2);
  await begun(out, 5);
  const processes = await processesOf(cluster, `${array}_4`);
  await cluster.run("scontrol", "requeue", `${array}_4`);
  for (const id of processes) Deno.kill(id, "SIGKILL"); // before it has ended the shard that it is at
  await requireUnfinished(out, 5);
  await until("the merge ends", async () => {
    const { state } = await stateOf(cluster, merge);
    if (/FAILED|CANCELLED|TIMEOUT/.test(state)) throw new Error(`the merge ended: ${state}`);
    return state === "COMPLETED";
  });
  for (const task of [1, 4]) {
    const { restarts } = await stateOf(cluster, `${array}_${task}`);
    if (restarts !== 1) throw new Error(`task ${task} was started again ${restarts} times, not once`);
  }
  const made = new Map([...await filesIn(out)].filter(([name]) => !/^manifest-\d+-of-8\.json$/.test(name)));
  assertSameFiles(made, await filesIn(alone));
}

/** Runs the test, with its name and its time; a cluster that fails shows what its tasks printed. */
async function tested(cluster: SlurmCluster): Promise<Tally> {
  const start = performance.now();
  try {
    await test(cluster);
    console.log(`${NAME} ... ok (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    return { ...NONE, passed: 1 };
  } catch (error) {
    console.log(`${NAME} ... FAILED\n${error instanceof Error ? error.stack : error}`);
    console.log((await cluster.run("squeue", "--states=all", "--format=%i %T %r")).stdout);
    for await (const { name } of Deno.readDir(cluster.folder)) {
      if (/^slurm.*\.(out|log)$/.test(name)) {
        console.log(`${name}:\n${(await Deno.readTextFile(join(cluster.folder, name))).slice(-3000)}`);
      }
    }
    return FAILURE;
  }
}

const cluster = await startSlurm(NODE_CORES);
let tally: Tally;
if (typeof cluster === "string") {
  console.log(`${NAME} ... skipped: ${cluster}`);
  tally = { ...NONE, skipped: 1 };
} else {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, async () => {
      await cluster[Symbol.asyncDispose]();
      Deno.exit(130);
    });
  }
  tally = await tested(cluster);
  await cluster[Symbol.asyncDispose]();
}
console.log(tallyText(tally));
Deno.exit(tally.failed > 0 ? 1 : 0);
