import { messageOf, VitrailError } from "../../errors.ts";
import type { PlannedShard } from "../../sft/set/shard_cutter.ts";
import type { QueueConnection } from "./queue_connection.ts";
import { jsonBytes, objectIn } from "./queue_json.ts";
import { readOrder, setId, type SetOrder } from "./set_order.ts";
import { shardMessage } from "./shard_message.ts";
import { readShardReport, type ShardReport } from "./shard_report.ts";

type JsMsg = import("npm:@nats-io/jetstream@3.4.0").JsMsg;
type StreamConfig = import("npm:@nats-io/jetstream@3.4.0").StreamConfig;

/** The beginning and the end of the names of a set's two streams: of its shards, and of what is known. */
const PREFIX = "vitrail-", SHARDS = "-shards", REPORTS = "-reports";

/** The name of the consumer that all makers of a set share. */
const MAKERS = "makers";

/** JetStream's errors: no such consumer or stream; and a subject that was to have no message, and has one. */
const GONE: readonly number[] = [10014, 10059], TAKEN = 10071;

/** Ms that JetStream waits for a message, at the least. */
const WAIT = 1000;

/** A sign of life of a maker that makes a shard. */
export interface Beat {
  readonly maker: string;
  readonly shard: number;
  /** Pictures of the shard that are made so far. */
  readonly pictures: number;
}

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
    const found = await orUndefined(() =>
      connection.ask(() => connection.manager.streams.getMessage(stream, { last_by_subj: subject }))
    );
    return found ? new SetQueue(connection, id, readOrder(found.data)) : undefined;
  }

  /**
   * Opens the queue of a set, or makes it where there is none.
   * @throws {VitrailError} `usage` where the set is being made already, into another folder.
   */
  static async make(connection: QueueConnection, order: SetOrder): Promise<SetQueue> {
    const id = setId(order.decisive), { streams, consumers } = connection.manager;
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
    await connection.ask(() => connection.jetStream.publish(orderSubject(id), jsonBytes(order)));
    await make({
      name: own.#shards,
      subjects: [`${own.#subject}.shard.*`],
      retention: "workqueue",
    });
    await connection.ask(() =>
      consumers.add(own.#shards, {
        durable_name: MAKERS,
        ack_policy: "explicit",
        ack_wait: order.patience * 1e6,
        max_ack_pending: -1,
        // Tries are counted by makers: a shard that is given back is no try, and who sets it aside says why.
        max_deliver: -1,
      })
    );
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
   * @throws {VitrailError} `limit` for a shard of so many samples that the server takes no such message.
   */
  async put(shard: number, planned: PlannedShard, again = false): Promise<void> {
    const { nats, jetStream, address } = this.connection, message = shardMessage(shard, planned);
    const most = nats.info?.max_payload ?? Infinity;
    if (message.length > most) {
      throw new VitrailError(
        "limit",
        `the message of shard ${shard} has ${message.length} bytes, and ${address.server} takes ${most}; ` +
          `give a smaller --shard-size`,
      );
    }
    const options = again ? {} : { expect: { lastSubjectSequence: 0 } };
    await this.connection.ask(() =>
      jetStream.publish(`${this.#subject}.shard.${shard}`, message, options).catch((error) => {
        if (codeOf(error) !== TAKEN) throw error;
      })
    );
  }

  /** Takes a message of a shard; undefined where there is none for a second, or the queue is gone. */
  async take(signal?: AbortSignal): Promise<JsMsg | undefined> {
    const { jetStream } = this.connection;
    const message = await orUndefined(() =>
      this.connection.ask(async () => {
        const consumer = await jetStream.consumers.get(this.#shards, MAKERS);
        return await consumer.next({ expires: WAIT });
      }, signal)
    );
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
    await orUndefined(() => this.connection.ask(() => streams.deleteMessage(this.#shards, message)));
  }

  /** Returns whether shards wait, or are at work. */
  async busy(): Promise<boolean> {
    const { streams } = this.connection.manager;
    const info = await orUndefined(() => this.connection.ask(() => streams.info(this.#shards)));
    return (info?.state.messages ?? 0) > 0;
  }

  /** Notes the last that is known of a shard. */
  async report(report: ShardReport): Promise<void> {
    await this.#publish(`${this.#subject}.report.${report.shard}`, jsonBytes(report));
  }

  /** Puts a message into one of the streams, unless the set is done, and its queue gone. */
  async #publish(subject: string, message: Uint8Array): Promise<void> {
    const { jetStream, manager } = this.connection;
    await this.connection.ask(async () => {
      try {
        await jetStream.publish(subject, message);
      } catch (error) {
        const found = await manager.streams.info(this.#reports).catch((error) => codeOf(error));
        if (!GONE.includes(found as number)) throw error;
      }
    });
  }

  /** Returns the last report of a shard; undefined where there is none, or none that can be read. */
  async reportOf(shard: number): Promise<ShardReport | undefined> {
    const last_by_subj = `${this.#subject}.report.${shard}`;
    const { streams } = this.connection.manager;
    const found = await orUndefined(() =>
      this.connection.ask(() => streams.getMessage(this.#reports, { last_by_subj }))
    );
    try {
      return found ? readShardReport(found.data, this.order.shards) : undefined;
    } catch {
      return undefined; // the follower says so
    }
  }

  /**
   * Returns the first report from a place on, or what is wrong with it, and the place behind it; undefined
   * where there is none yet. Reports that newer ones of the same shards have replaced are gone.
   */
  async nextReport(
    from: number,
  ): Promise<{ report?: ShardReport; problem?: string; next: number } | undefined> {
    const query = { seq: from, next_by_subj: `${this.#subject}.report.*` };
    const { streams } = this.connection.manager;
    const found = await orUndefined(() =>
      this.connection.ask(() => streams.getMessage(this.#reports, query))
    );
    if (!found) return undefined;
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
        const beat = beatIn(data);
        if (beat !== undefined) hear(beat);
      },
    });
    return { [Symbol.dispose]: () => heard.unsubscribe() };
  }

  /** Removes the queue, and all that is known of its shards. */
  async destroy(): Promise<void> {
    for (const stream of [this.#shards, this.#reports]) {
      await orUndefined(() => this.connection.ask(() => this.connection.manager.streams.delete(stream)));
    }
  }
}

/** Returns the subject of a set's order. */
function orderSubject(id: string): string {
  return `vitrail.${id}.order`;
}

/** Returns a sign of life; undefined where it is none, which no work depends on. */
function beatIn(data: Uint8Array): Beat | undefined {
  try {
    const { maker, shard, pictures } = objectIn(data, "a sign of life");
    const whole = typeof maker === "string" && [shard, pictures].every(Number.isSafeInteger);
    return whole ? { maker, shard, pictures } as Beat : undefined;
  } catch {
    return undefined;
  }
}

/** Returns what a question gives; undefined where the stream that it is about is gone. */
async function orUndefined<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (!GONE.includes(codeOf((error as Error).cause) ?? 0)) throw error;
  }
}

/** Returns the code of an error of JetStream's. */
function codeOf(error: unknown): number | undefined {
  return (error as { code?: number } | undefined)?.code;
}
