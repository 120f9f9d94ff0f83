import { type QueueAddress, queueAddress } from "../../cluster/queue/queue_address.ts";
import { VitrailError } from "../../errors.ts";
import type { Arguments, Flag } from "../flags/arguments.ts";
import { wholeNumber } from "../flags/text_flags.ts";

/** The tries of a shard, where no flag says them. */
const TRIES = 3;

/** The seconds that a maker may be silent, where no flag says them. */
export const PATIENCE = 15;

/** The flags that name a queue. */
export const QUEUE_FLAGS: readonly Flag[] = [
  {
    name: "queue",
    value: "URL",
    text: "queue on a NATS server with JetStream: nats://host:4222, nats://user:password@host, or tls://host",
  },
  { name: "creds", value: "FILE", text: "NATS's file of credentials for --queue" },
];

/** The flags by which `vitrail sft` hands its shards to a queue. */
export const FOLLOW_FLAGS: readonly Flag[] = [
  {
    ...QUEUE_FLAGS[0],
    text:
      `put the shards into a ${QUEUE_FLAGS[0].text}; vitrail work makes them, on any number of machines, ` +
      "and this command follows; vitrail work --remove removes one that is given up",
  },
  QUEUE_FLAGS[1],
  { name: "store", text: "with --queue: shards come by the queue's object store, and not by a shared --out" },
  {
    name: "tries",
    value: "N",
    text: `with --queue: tries, those of killed makers too, after which a shard is set aside (${TRIES})`,
  },
  {
    name: "patience",
    value: "SECONDS",
    text: `with --queue: silence of a maker after which another one gets its shard (${PATIENCE})`,
  },
];

/**
 * Returns the queue that `--queue` and `--creds` name; undefined where they are not given.
 * @throws {VitrailError} `usage` for a bad address, or for a flag of queues without one.
 */
export function queueOf(args: Arguments): QueueAddress | undefined {
  const url = args.text("queue"), creds = args.text("creds");
  if (url !== undefined) {
    if (args.text("shard") !== undefined && args.text("shard") !== "1/1") {
      throw new VitrailError("usage", "--queue hands out all shards; give it without --shard");
    }
    return queueAddress(url, creds);
  }
  const alone = ["creds", "store", "tries", "patience"].find((name) => args.flags[name]);
  if (alone === undefined) return undefined;
  throw new VitrailError("usage", `--${alone} is of a queue; give --queue, too`);
}

/**
 * Returns the tries and the patience, in ms, that the flags ask for.
 * @throws {VitrailError} `usage` for a bad value.
 */
export function triesOf(args: Arguments): { tries: number; patience: number } {
  const tries = wholeNumber(args, "tries", 1) ?? TRIES,
    seconds = wholeNumber(args, "patience", 1) ?? PATIENCE;
  return { tries, patience: seconds * 1000 };
}
