import { shown, VitrailError } from "../../errors.ts";
import type { QueueConnection } from "./queue_connection.ts";
import { SetQueue } from "./set_queue.ts";

/** The streams of a set: of its shards, of what is known of them, and of their files, if any. */
const STREAM =
  /^(?:vitrail-(?<set>[0-9a-f]{16})-(?<kind>shards|reports)|OBJ_vitrail-(?<stored>[0-9a-f]{16}))$/;

/** A queue that was removed. */
export interface RemovedQueue {
  /** The set's name in the queue. */
  readonly set: string;
  /** Shards that waited, or were at work. */
  readonly waiting: number;
  /** Shards of which something was known. */
  readonly reports: number;
  /** Bytes of shards in the object store; absent where it had none. */
  readonly stored?: number;
  /** The set's folder, where its order could be read. */
  readonly out?: string;
}

/**
 * Removes the queue of a set: its shards that wait, what is known of them, and its object store. Makers and
 * followers of the set find it gone.
 * @throws {VitrailError} `usage` for a set that has no queue; those that have are named.
 */
export async function removeQueue(connection: QueueConnection, set: string): Promise<RemovedQueue> {
  const { streams } = connection.manager;
  const found = (await connection.ask(() => Array.fromAsync(streams.list()))).flatMap(({ config, state }) => {
    const parts = STREAM.exec(config.name)?.groups;
    return parts
      ? [{ name: config.name, set: parts.set ?? parts.stored, kind: parts.kind ?? "store", state }]
      : [];
  });
  const own = found.filter((stream) => stream.set === set), { server } = connection.address;
  if (own.length === 0) {
    const sets = [...new Set(found.map((stream) => stream.set))].join(", ") || "none";
    throw new VitrailError("usage", `there is no queue of a set ${shown(set)} at ${server}; it has ${sets}`);
  }
  // The order lies among the reports; one that cannot be read is null.
  const order = await SetQueue.open(connection, set).then((queue) => queue?.order, () => null);
  const stateOf = (kind: string) => own.find((stream) => stream.kind === kind)?.state;
  for (const { name } of own) await connection.find(() => streams.delete(name));
  const stored = stateOf("store")?.bytes;
  return {
    set,
    waiting: stateOf("shards")?.messages ?? 0,
    reports: (stateOf("reports")?.messages ?? 0) - (order === undefined ? 0 : 1),
    ...(stored !== undefined && { stored }),
    ...(order && { out: order.out }),
  };
}
