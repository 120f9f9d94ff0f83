/** The answer to a request. */
export interface Answer {
  /** The status in HTTP; absent: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The type of its body. */
  readonly type: string;
  /** The body, at once or in pieces. */
  readonly body: string | AsyncIterable<Uint8Array>;
  /** Frees what the body takes; called once, when it has gone, or will not go. */
  readonly free?: () => void;
}

/**
 * Returns an answer as a response.
 * @param signal ends a body in pieces
 * @param onEnd called once, when the body has gone, or will not go
 */
export function responseOf(
  { status = 200, headers, type, body, free }: Answer,
  signal: AbortSignal,
  onEnd: () => void,
): Response {
  const end = () => {
    free?.();
    onEnd();
  };
  const init = { status, headers: { ...headers, "content-type": type } };
  if (typeof body !== "string") return new Response(streamOf(body, signal, end), init);
  end();
  return new Response(body, init);
}

/** Returns pieces as a stream, each made when it is asked for. */
function streamOf(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal, end: () => void) {
  const iterator = pieces[Symbol.asyncIterator]();
  let ended = false;
  const finish = () => {
    if (ended) return;
    ended = true;
    signal.removeEventListener("abort", abort);
    end();
  };
  let stream: ReadableStreamDefaultController<Uint8Array>;
  const abort = () => {
    stream.error(signal.reason);
    finish();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      stream = controller;
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort);
    },
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (ended) return;
      if (!done) return controller.enqueue(value);
      controller.close();
      finish();
    },
    cancel: finish,
  }, { highWaterMark: 0 });
}
