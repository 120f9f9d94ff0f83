import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import type { OpenedSet } from "../../cluster/queue/make_queued.ts";
import type { SetOrder } from "../../cluster/queue/set_order.ts";
import type { SetQueue } from "../../cluster/queue/set_queue.ts";
import { ShardStore } from "../../cluster/queue/shard_store.ts";
import type { Engine } from "../../engine/engine.ts";
import { VitrailError } from "../../errors.ts";
import { shardProblem } from "../../formats/manifest.ts";
import { ioError } from "../../formats/io_error.ts";
import { makePlannedShard } from "../../sft/set/make_shard.ts";
import { differencesText, SetFolder } from "../../sft/set/set_folder.ts";
import { readArguments } from "../flags/arguments.ts";
import { decisiveArguments, materialOf, setOptionsOf, SFT_FLAGS } from "../flags/sft_flags.ts";

/** Options for opening a set of a queue on this machine. */
export interface OpenOptions {
  readonly engine: Engine;
  /** The name of the maker. */
  readonly maker: string;
  /** The folder in which the set's command is given; absent: as where it was planned. */
  readonly cwd?: string;
  /** The folder of the shards; absent: as where it was planned, or with the object store a temporary one. */
  readonly out?: string;
}

/**
 * Opens the set of an order: its data, its recipe, and the folder of its shards.
 *
 * @throws {VitrailError} `usage` where this machine has other data, another recipe or another tokenizer than
 * the set was planned with: the differences are named; what `vitrail sft` throws where it opens a set.
 */
export async function openSet(
  order: SetOrder,
  queue: SetQueue,
  { engine, maker, cwd, out }: OpenOptions,
): Promise<OpenedSet> {
  const { layout, decisive, store: byStore } = order;
  const own = out === undefined
    ? byStore ? await mkdtemp(join(tmpdir(), "vitrail-work-")) : order.out
    : resolve(out);
  enter(cwd ?? order.cwd);
  const args = readArguments([`--out=${own}`, ...order.args], SFT_FLAGS),
    { onError, picture } = setOptionsOf(args);
  const material = await materialOf(args, args.rest[0]);
  using opened = new DisposableStack();
  opened.use(material.mixture);
  const plan = { layout, sha256: String(decisive.pictures) };
  const found = JSON.parse(JSON.stringify(decisiveArguments(args, material, plan)));
  const other = differencesText(decisive, found);
  if (other !== undefined) {
    throw new VitrailError("usage", `this machine has another set than the queue's: ${other}`);
  }
  const folder = await SetFolder.join(own, decisive, maker);
  const store = byStore ? await ShardStore.open(queue.connection, queue.id) : undefined;
  const files = opened.move();
  return {
    make: (shard, signal, onUnits) =>
      makePlannedShard(engine, folder, shard.shard, shard, material, {
        ...picture,
        onError,
        layout,
        signal,
        onUnits,
      }),
    async deliver(made) {
      if (store === undefined) return;
      await store.put(own, made);
      await Deno.remove(join(own, made.file));
    },
    async has(made) {
      return store !== undefined || await shardProblem(own, made, true) === undefined;
    },
    async [Symbol.asyncDispose]() {
      files.dispose();
      await folder[Symbol.asyncDispose]();
      if (byStore && out === undefined) await rm(own, { recursive: true });
    },
  };
}

/** Makes a folder the one that paths are relative to. */
function enter(folder: string): void {
  try {
    process.chdir(folder);
  } catch (error) {
    const { message } = ioError("work in", folder, error);
    throw new VitrailError("io", `${message}; the set was planned there, and --in gives another folder`);
  }
}
