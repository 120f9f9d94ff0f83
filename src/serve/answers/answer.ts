/** The answer to a request. */
export interface Answer {
  /** The status in HTTP; absent: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The type of its body. */
  readonly type: string;
  /** The body: a short text at once, all others in pieces. */
  readonly body: string | AsyncIterable<Uint8Array>;
  /** Frees what the body takes; called once, when it has gone, or will not go. */
  readonly free?: () => void;
}

/** Whoever is told how a response ends. */
export interface ResponseEnd {
  /** Called once, when the body has gone, or will not go. */
  readonly onEnd: () => void;
  /** Told what making the body's next piece has thrown. */
  readonly onFailure: (error: unknown) => void;
}

/** The most bytes of a piece. Each is a copy: the server may hold it longer than its origin is there. */
const PIECE = 2 ** 20;

/**
 * Returns an answer as a response.
 * @param signal ends a body in pieces
 */
export function responseOf(
  { status = 200, headers, type, body, free }: Answer,
  signal: AbortSignal,
  { onEnd, onFailure }: ResponseEnd,
): Response {
  const end = () => {
    free?.();
    onEnd();
  };
  const init = { status, headers: { ...headers, "content-type": type } };
  if (typeof body !== "string") return new Response(streamOf(body, signal, { onEnd: end, onFailure }), init);
  end();
  return new Response(body, init);
}

/** Returns pieces as a stream, each made when it is asked for. */
function streamOf(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  { onEnd, onFailure }: ResponseEnd,
): ReadableStream<Uint8Array> {
  const pieces = copiedPieces(body);
  let ended = false;
  /** Ends the body once, after the piece that is being made. */
  const finish = async () => {
    if (ended) return;
    ended = true;
    signal.removeEventListener("abort", abort);
    await pieces.return(undefined).catch(onFailure);
    onEnd();
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
      try {
        const { value, done } = await pieces.next();
        if (ended) return;
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        if (ended) return;
        onFailure(error);
        controller.error(error);
      }
      await finish();
    },
    cancel: finish,
  }, { highWaterMark: 0 });
}

/** Yields copies of a body's bytes, none of which is long. */
async function* copiedPieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of body) {
    for (let start = 0; start < bytes.length; start += PIECE) yield bytes.slice(start, start + PIECE);
  }
}
