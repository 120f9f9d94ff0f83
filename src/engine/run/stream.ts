import type { Picture } from "../../codecs/picture.ts";
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
  let many = false;
  const enough = () =>
    running.length >= CALLS_AT_ONCE && running.reduce((sum, own) => sum + own.pictures, 0) >= pictures();
  try {
    for await (const item of itemsOf(itemsUntilAborted(calls, signal))) {
      const call = "error" in item ? [] : callOf(item.call);
      const batch = "error" in item ? Promise.reject(item.error) : run(call, many, signal);
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

function callOf(item: StreamItem): Call {
  return Array.isArray(item) ? item : [item] as Call;
}
