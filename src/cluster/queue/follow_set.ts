import { mapLimited } from "../../engine/run/map_limited.ts";
import { messageOf, VitrailError } from "../../errors.ts";
import { type Manifest, type ManifestShard, shardProblem } from "../../formats/manifest.ts";
import { countText } from "../../report/amounts.ts";
import { finishSet } from "../../sft/set/make_set.ts";
import { shardName } from "../../sft/set/make_shard.ts";
import type { Material } from "../../sft/set/planned_sample.ts";
import type { SetFolder } from "../../sft/set/set_folder.ts";
import type { SetPlan } from "../../sft/set/set_plan.ts";
import { asideError } from "./aside_error.ts";
import { Makers } from "./makers.ts";
import type { SetQueue } from "./set_queue.ts";
import type { ShardReport } from "./messages/shard_report.ts";
import type { ShardStore } from "./shard_store.ts";

/** Messages that are put into the queue at one time. */
const PUTS = 64;

/** Ms between two looks for news, where there were none. */
export const LOOK_EVERY = 200;

/** The times that a file is looked for that a shared folder may show late, and the ms between them. */
const LOOKS = 20, LATE = 500;

/** The progress of a set that makers make. */
export interface FollowProgress {
  /** Pictures that are in their shards so far, and those that makers have made of shards at work. */
  readonly done: number;
  /** Pictures of all shards. */
  readonly total: number;
  /** Those of `done` in shards that were whole before. */
  readonly found: number;
  /** Bytes of shards that were made now. */
  readonly bytes: number;
  /** The count of shards that an earlier attempt had left whole. */
  readonly kept: number;
  /** The count of shards that are whole. */
  readonly shards: number;
  /** The count of shards that are made again, since files of their pictures differ. */
  readonly exchanged: number;
  /** Samples that were left out so far. */
  readonly skipped: number;
  /** The count of makers that gave a sign of life of late. */
  readonly makers: number;
}

/** Options for following a set. */
export interface FollowOptions {
  readonly material: Material;
  /** All that decides what the shards hold, for the manifest. */
  readonly decisive: Readonly<Record<string, unknown>>;
  /** As in `SetOptions`. */
  readonly onError: "fail" | "skip";
  /** The place of shards between makers and this folder; absent where they share it. */
  readonly store?: ShardStore;
  /** Ends the following once it is aborted, and leaves the work in the queue: its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Is called with a line for people. */
  readonly say?: (line: string) => void;
  readonly onProgress?: (progress: FollowProgress) => void;
}

/**
 * Puts the shards of a set that are not whole into its queue, follows their makers to the end, and writes the
 * manifest: the folder is then as `makeSet` alone leaves it. The queue is removed.
 *
 * @throws {VitrailError} `dataset` once all else is made, where shards were set aside; `io` where a shard is
 * not in the folder that its maker says, or the queue is removed, or does not come back. The signal's reason,
 * where aborted.
 */
export async function followSet(
  queue: SetQueue,
  folder: SetFolder,
  plan: SetPlan,
  options: FollowOptions,
): Promise<Manifest> {
  const follower = new Follower(queue, folder, plan, options);
  using _listening = follower.listen();
  await follower.findWhole();
  await follower.readReports();
  await follower.put();
  await follower.follow();
  return await follower.finish();
}

/** The state of a set that is followed. */
class Follower {
  readonly #whole = new Map<number, ManifestShard>();
  readonly #aside = new Map<number, ShardReport>();
  readonly #makers: Makers;
  readonly #total: number;
  /** The next report to read, by its number in the queue. */
  #next = 1;
  /** Pictures of shards that are whole, and those of them that were whole before. */
  #done = 0;
  #found = 0;
  #kept = 0;
  #bytes = 0;
  #skipped: number;

  constructor(
    readonly queue: SetQueue,
    readonly folder: SetFolder,
    readonly plan: SetPlan,
    readonly options: FollowOptions,
  ) {
    this.#makers = new Makers(queue.order);
    this.#total = plan.shards.values().reduce((sum, { pictures }) => sum + pictures, 0);
    this.#skipped = plan.skipped.length;
  }

  /** Listens to the makers' signs of life, until the result is disposed of. */
  listen(): Disposable {
    return this.queue.listen((beat) => this.#makers.hear(beat));
  }

  /** Finds the shards that an earlier attempt left whole. */
  async findWhole(): Promise<void> {
    for (const [shard, planned] of this.plan.shards.entries()) {
      this.options.signal?.throwIfAborted();
      const made = await this.folder.finished(shardName(shard), planned);
      if (made === undefined || this.#lacks(made)) continue;
      this.#have(made);
      this.#found += planned.pictures;
      this.#kept++;
      this.#tell();
    }
  }

  /** Puts the shards into the queue that are neither made nor set aside. */
  async put(): Promise<void> {
    const { signal } = this.options;
    const absent = [...this.plan.shards.keys()].filter((shard) =>
      !this.#whole.has(shard) && !this.#aside.has(shard)
    );
    await mapLimited(absent, PUTS, async (shard) => {
      signal?.throwIfAborted();
      await this.queue.put(shard, this.plan.shards.get(shard)!);
    });
    if (absent.length === 0) return;
    const { server } = this.queue.connection.address, wait = absent.length === 1 ? "waits" : "wait";
    this.options.say?.(
      `${
        countText(absent.length, "shard")
      } ${wait} at ${server} as ${this.queue.id}; start makers: vitrail work --queue ${server}`,
    );
  }

  /** Reads the reports that there are. */
  async readReports(): Promise<void> {
    for (let found; (found = await this.queue.nextReport(this.#next)) !== undefined;) {
      this.options.signal?.throwIfAborted();
      if (found.report) await this.#take(found.report);
      else this.options.say?.(found.problem!);
      this.#next = found.next;
      this.#tell();
    }
  }

  /** Follows the makers until every shard is made or set aside. */
  async follow(): Promise<void> {
    while (this.#whole.size + this.#aside.size < this.plan.count) {
      this.options.signal?.throwIfAborted();
      await this.readReports();
      for (const report of this.#makers.lost(this.queue.connection.since)) {
        await this.queue.drop(report.message);
        await this.queue.report({ ...report, state: "aside" });
      }
      this.#tell();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  }

  /** Ends the work: writes the manifest, and removes the queue. */
  async finish(): Promise<Manifest> {
    const { material, decisive, store } = this.options;
    await this.queue.end();
    await store?.destroy();
    await this.folder.removeLeft();
    if (this.#aside.size > 0) throw asideError([...this.#aside.values()], this.plan, material.mixture);
    const shards = [...this.#whole.values()].sort((a, b) => a.shard - b.shard);
    return await finishSet(this.folder, this.plan, decisive, [1, 1], shards);
  }

  /** Takes note of a report. */
  async #take(report: ShardReport): Promise<void> {
    const { shard, maker } = report, planned = this.plan.shards.get(shard)!;
    if (this.#whole.has(shard)) return;
    this.#makers.note(report);
    if (report.state === "made") {
      const exchanged = report.marks !== planned.marks; // pictures, since the shard was put there
      if (exchanged) return await this.queue.put(shard, planned, true);
      if (this.#lacks(report.made)) {
        return await this.#again(report, "its maker left samples out, which --on-error fail does not allow");
      }
      await this.#collect(report.made, maker).catch(async (error) => {
        this.options.signal?.throwIfAborted();
        await this.#again(report, messageOf(error)); // it is made where the following goes on
        throw error;
      });
      await this.folder.note(report.made, planned.marks);
      this.#have(report.made);
      this.#bytes += report.made.bytes;
    } else if (report.state === "aside") this.#aside.set(shard, report);
    else if (report.state === "failed") this.options.say?.(`${maker}, shard ${shard}: ${report.error}`);
  }

  /** Returns whether an earlier attempt left samples out of a shard, where this one is to fail. */
  #lacks({ skipped }: ManifestShard): boolean {
    return this.options.onError === "fail" && skipped.length > 0;
  }

  /** Has a shard made again that its maker's report does not stand for. */
  async #again({ shard, maker }: ShardReport, error: string): Promise<void> {
    await this.queue.report({ shard, maker, state: "failed", tries: 0, message: 0, error });
    await this.queue.put(shard, this.plan.shards.get(shard)!, true);
  }

  /** Counts a shard that is whole. */
  #have(made: ManifestShard): void {
    this.#whole.set(made.shard, made);
    this.#aside.delete(made.shard);
    this.#done += this.plan.shards.get(made.shard)!.pictures;
    this.#skipped += made.skipped.length;
  }

  /** Gets a shard that is made into the folder, and holds it against what its maker says of it. */
  async #collect(made: ManifestShard, maker: string): Promise<void> {
    const { store, signal } = this.options, { path } = this.folder;
    if (store) {
      if (await shardProblem(path, made, true) !== undefined) {
        await store.fetch(path, made, this.folder.temporary(made.file));
      }
      return await store.remove(made);
    }
    for (let look = 1;; look++) {
      const problem = await shardProblem(path, made, true);
      if (problem === undefined) return;
      if (look === LOOKS) {
        throw new VitrailError(
          "io",
          `${maker} has made shard ${made.shard}, and in ${path} ${problem}; give makers that folder as ` +
            "--out, or this command --store",
        );
      }
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, LATE));
    }
  }

  #tell(): void {
    this.options.onProgress?.({
      done: this.#done + this.#makers.picturesAtWork((shard) => !this.#whole.has(shard)),
      total: this.#total,
      found: this.#found,
      bytes: this.#bytes,
      kept: this.#kept,
      shards: this.#whole.size,
      exchanged: this.folder.exchanged,
      skipped: this.#skipped,
      makers: this.#makers.count,
    });
  }
}
