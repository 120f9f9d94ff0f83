import type { Picture } from "../../codecs/picture.ts";
import { shown, VitrailError } from "../../errors.ts";
import { requireGiven } from "../../given/given_value.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { type Call, itemsOf } from "../call.ts";
import type { ClipSource } from "../clip_source.ts";
import type { Batch } from "../results/batch.ts";
import { itemsUntilAborted } from "./abort.ts";

/** Calls of a stream that are under way together at least. */
const CALLS_AT_ONCE = 3;

/** One item of a stream: a picture, a clip, or a call as `Engine.run` takes it. */
export type StreamItem = Picture | ClipSource | Call;

/**
 * Yields the batches of calls, in order, while those of later calls are under way.
 * @param run runs one call, until its signal is aborted; `many` is true but for the stream's first, which
 * may be its only one
 * @param pictures the pictures that calls under way are to have together
 * @param given a signal that ends the stream with its reason
 */
export async function* streamed<D extends Dtype>(
  calls: AsyncIterable<StreamItem> | Iterable<StreamItem>,
  run: (call: Call, many: boolean, signal: AbortSignal) => Promise<Batch<D>>,
  pictures: () => number,
  given: AbortSignal | undefined,
): AsyncGenerator<Batch<D>, void, void> {
  const running: { batch: Promise<Batch<D>>; pictures: number }[] = [];
  const leaving = new AbortController();
  const signal = given ? AbortSignal.any([leaving.signal, given]) : leaving.signal;
  let many = false, begun = 0;
  const enough = () =>
    running.length >= CALLS_AT_ONCE && running.reduce((sum, own) => sum + own.pictures, 0) >= pictures();
  try {
    for await (const item of itemsOf(itemsUntilAborted(calls, signal))) {
      const index = begun++, call = "error" in item ? [] : callOf(item.call);
      const batch = "error" in item
        ? Promise.reject(item.error)
        : run(call, many, signal).catch((error) => Promise.reject(inCall(index, error)));
      batch.catch(() => {}); // reported when it is awaited
      running.push({ batch, pictures: call.flat().length });
      many = true;
      if (enough()) yield await running.shift()!.batch;
    }
    while (running.length > 0) yield await running.shift()!.batch;
  } finally {
    leaving.abort();
    for (const left of await Promise.allSettled(running.map(({ batch }) => batch))) {
      if (left.status === "fulfilled") left.value.dispose();
    }
  }
}

/**
 * Requires calls that can be iterated.
 * @throws {VitrailError} `usage` for anything else, a path among it, whose letters would be paths.
 */
export function requireCalls(calls: unknown): void {
  if (typeof calls === "string") {
    throw new VitrailError("usage", `stream takes a list of pictures, found the one ${shown(calls)}`);
  }
  requireGiven("stream: calls", calls, "an iterable of calls", "a list of pictures");
}

/** Returns an error that says in which call of a stream it came to be; others than ours are as they are. */
function inCall(index: number, error: unknown): unknown {
  if (!(error instanceof VitrailError)) return error;
  return new VitrailError(error.code, `call ${index + 1} of the stream: ${error.message}`, { cause: error });
}

function callOf(item: StreamItem): Call {
  return Array.isArray(item) ? item : [item] as Call;
}
