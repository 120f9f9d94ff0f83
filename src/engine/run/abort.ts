/** Time in which aborted work may end, ms: nearly all does, and has then freed what it made. */
const GRACE = 500;

/** Resolves as `work` does, or rejects with the signal's reason once it is aborted. */
export async function orAborted<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    if (signal.aborted) abort();
    return await Promise.race([aborted.promise, work]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Resolves as `work` does. `work` itself ends when the signal is aborted. It is then waited for half a second
 * at most, so that all is free, and the signal's reason is thrown.
 * @param free frees what `work` gives all the same
 */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  free: (made: T) => void,
): Promise<T> {
  try {
    return await orAborted(work, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const grace = new Promise<void>((resolve) => timer = setTimeout(resolve, GRACE));
    await Promise.race([work.then(free, () => {}), grace]);
    clearTimeout(timer);
    throw signal.reason;
  }
}

/**
 * Yields a source's items, as `for await` does. Where the signal is aborted while the source is waited for,
 * its reason is thrown, and the source is told to end and not waited for.
 */
export async function* itemsUntilAborted<T>(
  source: AsyncIterable<T> | Iterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const iterator = Symbol.asyncIterator in source
    ? source[Symbol.asyncIterator]()
    : source[Symbol.iterator]();
  let state: "waiting" | "given" | "ended" = "given";
  try {
    for (;;) {
      state = "waiting";
      const next = Promise.resolve(iterator.next());
      next.catch(() => state = "ended");
      const { value, done } = await orAborted(next, signal);
      state = done ? "ended" : "given";
      if (done) return;
      yield await value;
    }
  } finally {
    const ending = state === "ended" ? undefined : Promise.resolve(iterator.return?.());
    if (state === "waiting") ending?.catch(() => {});
    else await ending;
  }
}
