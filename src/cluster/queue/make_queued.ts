import { messageOf, VitrailError } from "../../errors.ts";
import type { ManifestShard } from "../../formats/manifest.ts";
import { NotLoaded } from "../../runtime/loaded.ts";
import type { QueueConnection } from "./queue_connection.ts";
import { SetQueue } from "./set_queue.ts";
import type { SetOrder } from "./messages/set_order.ts";
import { type QueuedShard, readShardMessage } from "./messages/shard_message.ts";

type JsMsg = import("npm:@nats-io/jetstream@3.4.0").JsMsg;

/** The parts of an order's patience after which its maker gives a sign of life. */
export const BEATS = 5;

/** Ms between two looks for a set that has shards to make. */
const LOOK_EVERY = 1000;

/** The error codes of a full disk, which is no fault of a shard's. */
const FULL = ["ENOSPC", "EDQUOT", "EROFS"];

/** A set that is open on this machine, where its shards can be made. */
export interface OpenedSet extends AsyncDisposable {
  /** Makes a shard; `onUnits` is called with the count of pictures that were just made. */
  make(shard: QueuedShard, signal: AbortSignal, onUnits: (count: number) => void): Promise<ManifestShard>;
  /** Hands a shard that is made to the follower; absent where they share a folder. */
  deliver?(made: ManifestShard): Promise<void>;
  /** Returns whether a shard that was made before is there, whole. */
  has(made: ManifestShard): Promise<boolean>;
}

/** Options for making what queues hold. */
export interface MakerOptions {
  /** The name of this maker, which no other has. */
  readonly maker: string;
  /** Opens a set: its data, its recipe and its folder. */
  readonly openSet: (order: SetOrder, queue: SetQueue) => Promise<OpenedSet>;
  /** The time without anything to make after which the work ends, ms. */
  readonly idle: number;
  /** True ends the work when the first set that had something to make is done. */
  readonly once: boolean;
  /** Gives the shard back that is being made, and ends the work, once it is aborted. */
  readonly signal: AbortSignal;
  /** Is called with a line for people. */
  readonly say: (line: string) => void;
  /** Is called with the pictures of the shard at work that are made so far. */
  readonly onProgress?: (shard: QueuedShard, pictures: number) => void;
}

/** The work of a maker. */
export interface Work {
  /** Shards that it made. */
  readonly shards: number;
  /** Pictures in them. */
  readonly pictures: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Shards whose making ended in an error. */
  readonly failed: number;
  /** Queues that were gone before their sets were done. */
  readonly gone: number;
}

/**
 * Makes shards of queues, of one set after another, until there is nothing to make for a time.
 *
 * A shard that was begun too often without an end is set aside. An error of a sample is a try, and the work
 * goes on with other shards. An error of this machine's ends the work: its files are not those that were
 * planned (a try), or its disk is full, its GPU lost or a library missing (the shard is given back). What
 * cannot be read is set aside, and a set of another version of Vitrail is left to others. A queue that is
 * gone before its set is done is counted.
 *
 * @throws {VitrailError} what `openSet` throws; the machine's error; `io` where a queue does not come back.
 */
export async function makeQueued(connection: QueueConnection, options: MakerOptions): Promise<Work> {
  const { idle, once, signal, say } = options,
    work = { shards: 0, pictures: 0, bytes: 0, failed: 0, gone: 0 };
  const refused = new Map<string, Error>();
  try {
    for (let last = performance.now(); !signal.aborted && performance.now() - last < idle;) {
      for (const id of await SetQueue.ids(connection)) {
        if (refused.has(id)) continue;
        const queue = await SetQueue.open(connection, id).catch((error) => {
          refused.set(id, error);
          say(messageOf(error));
        });
        if (!queue || !await queue.busy()) continue;
        await makeSetQueued(queue, options, work);
        if (once || signal.aborted) return work;
        last = performance.now();
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  } catch (error) { // the signal's reason: the queue is gone, and was to be told of it
    if (!signal.aborted || error !== signal.reason) throw error;
    const { server } = connection.address;
    say(`the queue at ${server} is gone; another maker gets the shard once this one is silent for long`);
  }
  const [refusal] = refused.values();
  if (refusal !== undefined && work.shards === 0) throw refusal;
  return work;
}

/** Makes shards of one set until none is left. */
async function makeSetQueued(
  queue: SetQueue,
  options: MakerOptions,
  work: { -readonly [name in keyof Work]: number },
): Promise<void> {
  const { signal, say } = options;
  await using set = await options.openSet(queue.order, queue);
  using end = queue.listenForEnd();
  let took = false;
  while (!signal.aborted && await queue.busy()) {
    const message = await queue.take();
    if (message === undefined) continue;
    took = true;
    if (signal.aborted) return await queue.giveBack(message);
    let shard: QueuedShard;
    try {
      shard = readShardMessage(message.data, queue.order);
    } catch (error) {
      await setUnreadAside(queue, message, options.maker, messageOf(error));
      say(messageOf(error));
      continue;
    }
    const made = await makeMessage(queue, set, message, shard, options);
    if (made === "failed") work.failed++;
    if (typeof made !== "object") continue;
    work.shards++;
    work.pictures += made.pictures;
    work.bytes += made.bytes;
  }
  // One that took nothing may have come when the set was just done. The question gives the word time to come.
  if (!took || signal.aborted || await queue.exists() || end.isDone) return;
  work.gone++;
  say(messageOf(queue.goneError()));
}

/** Sets the shard of a message aside that cannot be read, by the number in its subject, unless it is made. */
async function setUnreadAside(queue: SetQueue, message: JsMsg, maker: string, error: string): Promise<void> {
  const shard = Number(message.subject.split(".").at(-1)), known = Number.isSafeInteger(shard);
  if (known && shard < queue.order.shards && (await queue.reportOf(shard))?.state !== "made") {
    await queue.report({ shard, maker, state: "aside", tries: 1, message: message.seq, error });
  }
  message.term();
}

/** Makes the shard of a message; returns it, or what else became of it. */
async function makeMessage(
  queue: SetQueue,
  set: OpenedSet,
  message: JsMsg,
  shard: QueuedShard,
  { maker, signal, say, onProgress }: MakerOptions,
): Promise<ManifestShard | "found" | "aside" | "failed" | "given back"> {
  const { patience, tries: most } = queue.order;
  const facts = { shard: shard.shard, maker, message: message.seq };
  const before = await queue.reportOf(shard.shard);
  if (before?.state === "made" && before.marks === shard.marks && await set.has(before.made)) {
    message.ack();
    return "found";
  }
  // A message may have been on its way to makers that never began: what was begun counts.
  const { tries: begun = 0, error: known } = before?.state === "made" ? {} : before ?? {}, tries = begun + 1;
  if (tries > most) {
    await queue.report({ ...facts, state: "aside", tries: most, error: known });
    message.term();
    return "aside";
  }
  let pictures = 0;
  const beat = () => {
    queue.beat({ maker, shard: shard.shard, pictures });
    if (!queue.connection.nats.isClosed()) message.working();
  };
  await queue.report({ ...facts, state: "begun", tries, error: known });
  beat();
  const beating = setInterval(beat, patience / BEATS);
  try {
    const made = await set.make(shard, signal, (count) => {
      pictures = Math.min(pictures + count, shard.pictures); // a shard that is begun again makes some twice
      onProgress?.(shard, pictures);
    });
    await set.deliver?.(made);
    await queue.report({ shard: shard.shard, maker, state: "made", made, marks: shard.marks });
    await message.ackAck().catch(() => {}); // it comes again then, and is found made
    return made;
  } catch (error) {
    if (signal.aborted) {
      await queue.report({ ...facts, state: "back", tries: begun, error: known });
      await queue.giveBack(message);
      return "given back";
    }
    // A set whose queue is gone is done, or was given up: nobody wants this shard any more.
    if ((await queue.reportOf(shard.shard))?.state === "made" || !await queue.exists()) {
      message.ack();
      return "found";
    }
    if (isMachines(error)) {
      await queue.report({ ...facts, state: "failed", tries: begun, error: messageOf(error) });
      await queue.giveBack(message);
      throw error;
    }
    const state = tries >= most ? "aside" : "failed";
    await queue.report({ ...facts, state, tries, error: messageOf(error) });
    if (state === "aside") message.term();
    else message.nak();
    if (!(error instanceof VitrailError) || error.code === "io") throw error;
    say(`shard ${shard.shard}: ${error.message}`);
    return "failed";
  } finally {
    clearInterval(beating);
  }
}

/** Returns whether an error is this machine's alone: its GPU is lost, a library missing, or its disk full. */
function isMachines(error: unknown): boolean {
  if (!(error instanceof VitrailError)) return false;
  if (error.code === "device" || error instanceof NotLoaded) return true;
  const { code } = (error.cause ?? {}) as { code?: string };
  return error.code === "io" && FULL.includes(code ?? "");
}
