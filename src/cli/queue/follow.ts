import { resolve } from "node:path";
import process from "node:process";
import { type FollowProgress, followSet } from "../../cluster/queue/follow_set.ts";
import type { QueueAddress } from "../../cluster/queue/queue_address.ts";
import { QueueConnection } from "../../cluster/queue/queue_connection.ts";
import { QUEUE_FORMAT } from "../../cluster/queue/messages/set_order.ts";
import { SetQueue } from "../../cluster/queue/set_queue.ts";
import { ShardStore } from "../../cluster/queue/shard_store.ts";
import { VERSION } from "../../report/version.ts";
import type { Material } from "../../sft/set/planned_sample.ts";
import { SetFolder } from "../../sft/set/set_folder.ts";
import type { SetPlan } from "../../sft/set/set_plan.ts";
import { madeSummary } from "../../sft/summary/summary.ts";
import type { Arguments } from "../flags/arguments.ts";
import { decisiveArguments, setOptionsOf, SFT_FLAGS } from "../flags/sft_flags.ts";
import type { TextSettings } from "../flags/text_flags.ts";
import { Interruption } from "../interruption.ts";
import type { ProgressReport } from "../output/progress.ts";
import { reportSet, reportStopped } from "../output/sft/sft_end.ts";
import type { Terminal } from "../output/terminal.ts";
import { setArguments } from "./set_arguments.ts";
import { triesOf } from "./queue_flags.ts";

/** Hands the shards of a planned set to a queue, and follows their makers to the end. */
export async function follow(
  args: Arguments,
  terminal: Terminal,
  { material, plan, queue: address }: {
    readonly material: Material & TextSettings;
    readonly plan: SetPlan;
    readonly queue: QueueAddress;
  },
  progress: ProgressReport,
): Promise<number> {
  // As JSON has it, which is how makers get it.
  const decisive = JSON.parse(JSON.stringify(decisiveArguments(args, material, plan)));
  const out = args.text("out")!,
    store = args.on("store"),
    { onError } = setOptionsOf(args),
    say = (line: string) => {
      progress.end();
      terminal.err(line);
    };
  await using folder = await SetFolder.open(out, decisive, [1, 1]);
  const ending = new AbortController(), { signal } = ending, start = performance.now();
  await using _interruption = new Interruption(() => ending.abort());
  await using connection = await QueueConnection.open(address, say, signal);
  const queue = await SetQueue.make(connection, {
    format: QUEUE_FORMAT,
    vitrail: VERSION,
    shards: plan.count,
    samples: material.mixture.length,
    args: setArguments(args, SFT_FLAGS),
    cwd: process.cwd(),
    out: resolve(out),
    store,
    decisive,
    layout: plan.layout,
    onError,
    ...triesOf(args),
  }, plan.shards.entries());
  let last: FollowProgress | undefined;
  try {
    const manifest = await followSet(queue, folder, plan, {
      material,
      decisive,
      onError,
      ...(store && { store: await ShardStore.open(connection, queue.id) }),
      signal,
      say,
      onProgress(done) {
        last = done;
        progress.show({ work: "following", things: "pictures", ...done });
      },
    });
    progress.end();
    const seconds = (performance.now() - start) / 1000, { done, found, kept, exchanged } = last!;
    reportSet(args, terminal, {
      out: folder.path,
      ...madeSummary(plan, manifest, material),
      seconds,
      made: done - found,
      found,
      kept,
      exchanged,
      picturesPerSecond: seconds > 0 ? (done - found) / seconds : 0,
    }, [...manifest.skipped, ...manifest.shards.flatMap((shard) => shard.skipped)]);
    return 0;
  } catch (error) {
    progress.end();
    if (!signal.aborted) throw error;
    return reportStopped(args, terminal, folder.path, {
      whole: last?.shards ?? 0,
      shards: plan.count,
    });
  }
}
