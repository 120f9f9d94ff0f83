import { hostname } from "node:os";
import { resolve } from "node:path";
import { makeQueued } from "../../cluster/queue/make_queued.ts";
import { QueueConnection } from "../../cluster/queue/queue_connection.ts";
import { type RemovedQueue, removeQueue } from "../../cluster/queue/remove_queue.ts";
import { VitrailError } from "../../errors.ts";
import { bytesText, countText } from "../../report/amounts.ts";
import type { Command } from "../command.ts";
import { type Arguments, requireNothing } from "../flags/arguments.ts";
import { ENGINE_FLAGS, openEngine } from "../flags/engine_flags.ts";
import { PROGRESS_FLAG } from "../flags/sft_flags.ts";
import { wholeNumber } from "../flags/text_flags.ts";
import { INTERRUPTED, Interruption } from "../interruption.ts";
import { ProgressReport, type ProgressStyle } from "../output/progress.ts";
import { print } from "../output/terminal.ts";
import { openSet } from "../queue/opened_set.ts";
import { QUEUE_FLAGS, queueOf } from "../queue/queue_flags.ts";

/** The flags that `--remove` goes with. */
const REMOVAL_FLAGS = ["remove", ...[...QUEUE_FLAGS, PROGRESS_FLAG].map(({ name }) => name)];

/** `vitrail work`: makes shards of a queue. */
export const workCommand: Command = {
  name: "work",
  usage: "--queue URL [FLAGS]",
  summary: "make the shards that vitrail sft --queue puts into a queue",
  details: "Any number of these may run, on any machines that have the set's files under the paths that " +
    "vitrail sft was given, and be stopped or killed at any time: another one makes the shard again.",
  flags: [
    ...QUEUE_FLAGS,
    {
      name: "in",
      value: "FOLDER",
      text: "folder that the set's paths are relative to; by default sft's own",
    },
    {
      name: "out",
      value: "FOLDER",
      text: "the set's folder, if its path here is another one; with --store, where shards lie meanwhile",
    },
    { name: "idle", value: "SECONDS", default: "60", text: "end after so long without a shard to make" },
    { name: "once", text: "end when a set is done" },
    {
      name: "remove",
      value: "SET",
      text:
        "make nothing, but remove the queue of a set that is given up, by the name that vitrail sft said; " +
        "shards that are made stay",
    },
    PROGRESS_FLAG,
    ...ENGINE_FLAGS,
  ],
  async perform(args, terminal) {
    requireNothing(args);
    const address = queueOf(args), idle = wholeNumber(args, "idle", 0)! * 1000;
    const [cwd, out] = ["in", "out"].map((name) => { // paths of here: a set's own folder is entered for it
      return args.text(name) === undefined ? undefined : resolve(args.text(name)!);
    });
    if (address === undefined) throw new VitrailError("usage", "name a queue: --queue nats://host:4222");
    const given = args.text("remove");
    if (given !== undefined) requireRemovalAlone(args);
    const progress = new ProgressReport(terminal, args.text("progress") as ProgressStyle);
    const say = (line: string) => {
      progress.end();
      terminal.err(line);
    };
    const ending = new AbortController(), { signal } = ending, start = performance.now(), maker = makerName();
    await using _interruption = new Interruption(() => ending.abort());
    await using connection = await QueueConnection.open(address, say, signal);
    if (given !== undefined) {
      const removed = await removeQueue(connection, given);
      print(terminal, args.on("json"), removed, () => removedText(removed));
      return 0;
    }
    await using engine = await openEngine(args, terminal);
    const work = await makeQueued(connection, {
      maker,
      openSet: (order, queue) => openSet(order, queue, { engine, maker, cwd, out }),
      idle,
      once: args.on("once"),
      signal,
      say,
      onProgress({ shard, pictures }, done) {
        progress.show({ work: `shard ${shard}`, things: "pictures", done, total: pictures, skipped: 0 });
      },
    });
    progress.end();
    const seconds = (performance.now() - start) / 1000, stopped = signal.aborted;
    print(terminal, args.on("json"), { maker, ...work, seconds, stopped }, () => {
      const failed = work.failed > 0 ? `; ${work.failed} failed` : "";
      const gone = work.gone > 0 ? `; ${countText(work.gone, "queue")} went before its set was done` : "";
      return `${maker} made ${countText(work.shards, "shard")}, ${countText(work.pictures, "picture")}, ` +
        `${bytesText(work.bytes)}${failed}${gone}`;
    });
    return stopped ? INTERRUPTED : work.gone > 0 ? 1 : 0;
  },
};

/** @throws {VitrailError} `usage` for a flag of makers beside `--remove`. */
function requireRemovalAlone(args: Arguments): void {
  const beside = workCommand.flags.map(({ name }) => name).filter((name) => !REMOVAL_FLAGS.includes(name));
  const given = beside.find((name) => args.given.some((text) => text.split("=")[0] === `--${name}`));
  if (given === undefined) return;
  throw new VitrailError("usage", `--remove makes nothing; give it without --${given}`);
}

/** Says what was removed with a queue. */
function removedText({ set, waiting, reports, stored, out }: RemovedQueue): string {
  const store = stored === undefined ? "" : `, and ${bytesText(stored)} of shards on their way`;
  const stay = out === undefined ? "" : `; what is made stays in ${out}`;
  return `removed ${set}: ${countText(waiting, "shard")} that waited, ${
    countText(reports, "report")
  }${store}${stay}`;
}

/** Returns a name for this maker: its machine's, where that may be known, and eight digits of its own. */
function makerName(): string {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  const machine = state === "granted" ? hostname().replaceAll(/[^\w.-]/g, "-") : "maker";
  return `${machine}-${crypto.randomUUID().slice(0, 8)}`;
}
