import { shown, VitrailError } from "../../../errors.ts";
import { VERSION } from "../../../report/version.ts";
import type { SetLayout } from "../../../sft/shards/set_outputs.ts";
import { sha256OfBytes } from "../../../formats/sha256.ts";
import { objectIn } from "./queue_json.ts";

/** The format that an order gives as its own; another number is another form of queues. */
export const QUEUE_FORMAT = "vitrail-queue-1";

/** All that a maker must know of a set, beside its shards. */
export interface SetOrder {
  readonly format: typeof QUEUE_FORMAT;
  /** The version of Vitrail that planned it. */
  readonly vitrail: string;
  /** The count of its shards. */
  readonly shards: number;
  /** The count of its samples, those that are left out among them. */
  readonly samples: number;
  /** The arguments by which `vitrail sft` planned it, but for the queue's. */
  readonly args: readonly string[];
  /** The folder that paths in `args` are relative to. */
  readonly cwd: string;
  /** The folder of its shards. */
  readonly out: string;
  /** True where shards go through the queue's object store, and not through that folder. */
  readonly store: boolean;
  /** All that decides what its shards hold. */
  readonly decisive: Readonly<Record<string, unknown>>;
  /** The way in which its shards hold their outputs. */
  readonly layout: SetLayout;
  /** The end of a sample whose pictures turn out to be bad: it fails its shard, or is left out. */
  readonly onError: "fail" | "skip";
  /** The count of tries after which a shard is set aside. */
  readonly tries: number;
  /** The time after which a shard whose maker is silent is given to another one, ms. */
  readonly patience: number;
}

/** Returns the name of a set in a queue: 16 digits, which all that decides its shards' bytes decides. */
export function setId({ decisive, onError }: Pick<SetOrder, "decisive" | "onError">): string {
  return sha256OfBytes(JSON.stringify([decisive, onError])).slice(0, 16);
}

/**
 * Reads the order of a set.
 * @throws {VitrailError} `io` where it is none, or is of another version of Vitrail; both are named.
 */
export function readOrder(bytes: Uint8Array): SetOrder {
  const order = objectIn(bytes, "the order of a set") as Partial<SetOrder>;
  const { format, vitrail, shards, samples, args, cwd, out, store, decisive, layout } = order;
  const { onError, tries, patience } = order;
  if (format !== QUEUE_FORMAT || vitrail !== VERSION) {
    throw new VitrailError(
      "io",
      `the queue's set was planned by vitrail ${shown(vitrail)} (${
        shown(format)
      }), and this is "${VERSION}" ` +
        `("${QUEUE_FORMAT}"); use one version on all machines`,
    );
  }
  const whole =
    [shards, samples, tries, patience].every((count) => Number.isSafeInteger(count) && count! > 0) &&
    Array.isArray(args) && args.every((argument) => typeof argument === "string") &&
    ["fail", "skip"].includes(onError as string) && typeof cwd === "string" && typeof out === "string" &&
    typeof store === "boolean" &&
    [decisive, layout, layout?.outputs].every((value) => typeof value === "object" && value !== null);
  if (!whole) throw new VitrailError("io", `the queue's set has a damaged order: ${shown(order)}`);
  return order as SetOrder;
}
