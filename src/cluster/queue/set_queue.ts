import { messageOf, VitrailError } from "../../errors.ts";
import type { PlannedShard } from "../../sft/set/shard_cutter.ts";
import { codeOf, isGone, type QueueConnection } from "./queue_connection.ts";
import { type Beat, readBeat } from "./messages/beat.ts";
import { jsonBytes } from "./messages/queue_json.ts";
import { readOrder, setId, type SetOrder } from "./messages/set_order.ts";
import { shardMessage } from "./messages/shard_message.ts";
import { readShardReport, type ShardReport } from "./messages/shard_report.ts";

type JsMsg = import("npm:@nats-io/jetstream@3.4.0").JsMsg;
type PublishOptions = import("npm:@nats-io/jetstream@3.4.0").JetStreamPublishOptions;
type StreamConfig = import("npm:@nats-io/jetstream@3.4.0").StreamConfig;

/** The beginning and the end of the names of a set's two streams: of its shards, and of what is known. */
const PREFIX = "vitrail-", SHARDS = "-shards", REPORTS = "-reports";

/** The name of the consumer that all makers of a set share. */
const MAKERS = "makers";

/** JetStream's error where a subject was to have no message, and has one. */
const TAKEN = 10071;

/** Ms that JetStream waits for a message, at the least. */
const WAIT = 1000;

/**
 * The queue of one set: a stream of its shards, from which a message is gone once its shard is made, and a
 * stream of its order and of the last report of each shard. Nothing in it depends on a machine's clock.
 */
export class SetQueue {
  private constructor(
    readonly connection: QueueConnection,
    /** The set's name in the queue. */
    readonly id: string,
    readonly order: SetOrder,
  ) {}

  /**
   * Returns the queues of all sets that a server has, by their names.
   * @throws {VitrailError} as {@linkcode QueueConnection.ask}, like all that follows.
   */
  static async ids(connection: QueueConnection): Promise<string[]> {
    const names = await connection.ask(() => Array.fromAsync(connection.manager.streams.names()));
    return names.filter((name) => name.startsWith(PREFIX) && name.endsWith(SHARDS))
      .map((name) => name.slice(PREFIX.length, -SHARDS.length));
  }

  /** Opens the queue of a set; undefined where there is none, or none any more. */
  static async open(connection: QueueConnection, id: string): Promise<SetQueue | undefined> {
    const stream = `${PREFIX}${id}${REPORTS}`, subject = orderSubject(id);
    const { streams } = connection.manager;
    const found = await connection.find(() => streams.getMessage(stream, { last_by_subj: subject }));
    return found ? new SetQueue(connection, id, readOrder(found.data)) : undefined;
  }

  /**
   * Opens the queue of a set, or makes it where there is none.
   * @param shards all shards of the set, none of which is put yet
   * @throws {VitrailError} `usage` where the set is being made already, into another folder; `limit`, before
   * anything is made, for an order or a shard of so many bytes that the server takes no such message.
   */
  static async make(
    connection: QueueConnection,
    order: SetOrder,
    shards: Iterable<readonly [number, PlannedShard]>,
  ): Promise<SetQueue> {
    const id = setId(order), { streams, consumers } = connection.manager;
    connection.requireFit(jsonBytes(order), "the set's order", "give fewer or shorter arguments");
    for (const [shard, planned] of shards) {
      connection.requireFit(shardMessage(shard, planned), `shard ${shard}`, "give a smaller --shard-size");
    }
    const known = await SetQueue.open(connection, id); // a follower goes on
    if (known !== undefined && (known.order.out !== order.out || known.order.store !== order.store)) {
      const { out, store } = known.order;
      throw new VitrailError(
        "usage",
        `the queue makes this set in ${out} already${store ? ", with --store" : ""}; give that --out` +
          (store === order.store ? "" : store ? ", and --store" : ", and no --store"),
      );
    }
    const own = new SetQueue(connection, id, order);
    const make = (config: Partial<StreamConfig> & { name: string }) =>
      connection.ask(() => streams.add(config));
    await make({
      name: own.#reports,
      subjects: [orderSubject(id), `${own.#subject}.report.*`],
      max_msgs_per_subject: 1,
    });
    await make({
      name: own.#shards,
      subjects: [`${own.#subject}.shard.*`],
      retention: "workqueue",
    });
    const ack_wait = order.patience * 1e6;
    const makers = await connection.find(() => consumers.info(own.#shards, MAKERS));
    await connection.ask(() =>
      makers ? consumers.update(own.#shards, MAKERS, { ack_wait }) : consumers.add(own.#shards, {
        durable_name: MAKERS,
        ack_policy: "explicit",
        ack_wait,
        max_ack_pending: -1,
        // Tries are counted by makers: a shard that is given back is no try, and who sets it aside says why.
        max_deliver: -1,
      })
    );
    // Makers find a set by its order, and so it comes last.
    await connection.ask(() => connection.jetStream.publish(orderSubject(id), jsonBytes(order)));
    return own;
  }

  get #subject(): string {
    return `vitrail.${this.id}`;
  }

  get #shards(): string {
    return `${PREFIX}${this.id}${SHARDS}`;
  }

  get #reports(): string {
    return `${PREFIX}${this.id}${REPORTS}`;
  }

  /**
   * Puts a shard into the queue, unless it is there, or with `again` in any case.
   * @throws {VitrailError} `io` where the queue is gone.
   */
  async put(shard: number, planned: PlannedShard, again = false): Promise<void> {
    const options = again ? {} : { expect: { lastSubjectSequence: 0 } };
    const subject = `${this.#subject}.shard.${shard}`;
    if (!await this.#publish(subject, shardMessage(shard, planned), options)) throw this.goneError();
  }

  /** Takes a message of a shard; undefined where there is none for a second, or the queue is gone. */
  async take(): Promise<JsMsg | undefined> {
    const { jetStream } = this.connection;
    const message = await this.connection.find(async () => {
      const consumer = await jetStream.consumers.get(this.#shards, MAKERS);
      return await consumer.next({ expires: WAIT });
    });
    return message ?? undefined;
  }

  /**
   * Gives a shard back that was not tried to its end: it is put anew, and so has no try more than before. A
   * maker that is killed between leaves it in the queue twice, and the second time it is found made.
   */
  async giveBack(message: JsMsg): Promise<void> {
    await this.#publish(message.subject, message.data);
    message.ack();
  }

  /** Takes a message out of the queue, unless it is gone. */
  async drop(message: number): Promise<void> {
    const { streams } = this.connection.manager;
    const drop = async () => {
      try {
        await streams.deleteMessage(this.#shards, message);
      } catch (error) { // JetStream has no code of its own for a message that it has not
        if (await streams.getMessage(this.#shards, { seq: message }) !== null) throw error;
      }
    };
    await this.connection.find(drop);
  }

  /** Returns whether shards wait, or are at work. */
  async busy(): Promise<boolean> {
    const { streams } = this.connection.manager;
    const info = await this.connection.find(() => streams.info(this.#shards));
    return (info?.state.messages ?? 0) > 0;
  }

  /** Returns whether the queue is there: it is removed once its set is done, or is given up. */
  async exists(): Promise<boolean> {
    const { streams } = this.connection.manager;
    return await this.connection.find(() => streams.info(this.#reports)) !== undefined;
  }

  /** Notes the last that is known of a shard, unless the queue is gone. */
  async report(report: ShardReport): Promise<void> {
    await this.#publish(`${this.#subject}.report.${report.shard}`, jsonBytes(report));
  }

  /**
   * Puts a message into one of the streams, unless its subject was to have none, and has one. Returns false
   * where the queue is gone.
   */
  async #publish(
    subject: string,
    message: Uint8Array,
    options: Partial<PublishOptions> = {},
  ): Promise<boolean> {
    const { jetStream, manager } = this.connection;
    return await this.connection.ask(async () => {
      try {
        await jetStream.publish(subject, message, options);
      } catch (error) {
        if (codeOf(error) === TAKEN) return true;
        const found = await manager.streams.info(this.#reports).catch((error) => error);
        if (!isGone(found)) throw error;
        return false;
      }
      return true;
    });
  }

  /** Returns the error of a queue that is gone before its set is done. */
  goneError(): VitrailError {
    const { server } = this.connection.address;
    return new VitrailError(
      "io",
      `the queue of this set is gone from ${server}: somebody removed it, the server lost what it kept, or ` +
        "the set was done meanwhile; shards that are made stay, and the same vitrail sft puts those there " +
        "again that are not",
    );
  }

  /** Returns the last report of a shard; undefined where there is none, or none that can be read. */
  async reportOf(shard: number): Promise<ShardReport | undefined> {
    const last_by_subj = `${this.#subject}.report.${shard}`;
    const { streams } = this.connection.manager;
    const found = await this.connection.find(() => streams.getMessage(this.#reports, { last_by_subj }));
    try {
      return found ? readShardReport(found.data, this.order.shards) : undefined;
    } catch {
      return undefined; // the follower says so
    }
  }

  /**
   * Returns the first report from a place on, or what is wrong with it, and the place behind it; undefined
   * where there is none yet. Reports that newer ones of the same shards have replaced are gone.
   * @throws {VitrailError} `io` where the queue is gone.
   */
  async nextReport(
    from: number,
  ): Promise<{ report?: ShardReport; problem?: string; next: number } | undefined> {
    const query = { seq: from, next_by_subj: `${this.#subject}.report.*` };
    const { streams } = this.connection.manager;
    const found = await this.connection.find(() => streams.getMessage(this.#reports, query));
    if (found === undefined) throw this.goneError();
    if (found === null) return undefined;
    const next = found.seq + 1;
    try {
      return { report: readShardReport(found.data, this.order.shards), next };
    } catch (error) {
      return { problem: messageOf(error), next };
    }
  }

  /** Gives a sign of life, which nobody keeps. */
  beat(beat: Beat): void {
    if (!this.connection.nats.isClosed()) {
      this.connection.nats.publish(`${this.#subject}.beat`, jsonBytes(beat));
    }
  }

  /** Calls `hear` at each sign of life of a maker, until it is disposed of. */
  listen(hear: (beat: Beat) => void): Disposable {
    const heard = this.connection.nats.subscribe(`${this.#subject}.beat`, {
      callback(error, { data }) {
        if (error) return;
        const beat = readBeat(data);
        if (beat !== undefined) hear(beat);
      },
    });
    return { [Symbol.dispose]: () => heard.unsubscribe() };
  }

  /** Listens for the word that the set is done, until it is disposed of. */
  listenForEnd(): { readonly isDone: boolean } & Disposable {
    const callback = (error: Error | null) => void (end.isDone ||= error === null);
    const heard = this.connection.nats.subscribe(`${this.#subject}.done`, { callback });
    const end = { isDone: false, [Symbol.dispose]: () => heard.unsubscribe() };
    return end;
  }

  /** Says that the set is done, and removes its queue. */
  async end(): Promise<void> {
    const { nats } = this.connection;
    await this.connection.ask(async () => {
      nats.publish(`${this.#subject}.done`);
      await nats.flush();
    });
    await this.destroy();
  }

  /** Removes the queue, and all that is known of its shards. */
  async destroy(): Promise<void> {
    for (const stream of [this.#shards, this.#reports]) {
      await this.connection.find(() => this.connection.manager.streams.delete(stream));
    }
  }
}

/** Returns the subject of a set's order. */
function orderSubject(id: string): string {
  return `vitrail.${id}.order`;
}
