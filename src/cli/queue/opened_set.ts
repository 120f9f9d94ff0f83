import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { OpenedSet } from "../../cluster/queue/make_queued.ts";
import type { SetOrder } from "../../cluster/queue/messages/set_order.ts";
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
  /** The folder in which the set's command is given, from the root; absent: where it was planned. */
  readonly cwd?: string;
  /**
   * The path from the root of the shards' folder, or with the object store of the folder for temporary ones;
   * absent: as where the set was planned, or the system's.
   */
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
  await using opened = new AsyncDisposableStack();
  enter(cwd ?? order.cwd);
  const own = byStore ? await temporaryFolder(opened, out ?? tmpdir()) : out ?? order.out;
  const args = readArguments([`--out=${own}`, ...order.args], SFT_FLAGS),
    { onError, picture } = setOptionsOf(args);
  const material = await materialOf(args, args.rest[0], () => Promise.resolve(engine));
  opened.use(material.mixture);
  const plan = { layout, sha256: String(decisive.pictures) };
  const found = JSON.parse(JSON.stringify(decisiveArguments(args, material, plan)));
  const other = differencesText(decisive, found);
  if (other !== undefined) {
    throw new VitrailError("usage", `this machine has another set than the queue's: ${other}`);
  }
  const folder = opened.use(await SetFolder.join(own, decisive, maker));
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
    [Symbol.asyncDispose]: () => files.disposeAsync(),
  };
}

/** Makes a folder in another one, which is removed with all that is opened. */
async function temporaryFolder(opened: AsyncDisposableStack, place: string): Promise<string> {
  await mkdir(place, { recursive: true });
  const folder = await mkdtemp(join(place, "vitrail-work-"));
  opened.defer(() => rm(folder, { recursive: true }));
  return folder;
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
