import type { Answer, Request, Work } from "./work.ts";

/** The result of a peer's work. */
export interface Made {
  shape: number[];
  /** Returns its f32 values, in parts that follow one another; called where `Request.out` wants them. */
  values(): Promise<Float32Array[]> | Float32Array[];
  /** Frees its memory. */
  dispose?(): void;
}

/**
 * Work made ready, its pictures read or decoded. The clock times the call alone. A stream's rows are kept
 * where `keep` says that they are wanted; any other result is kept in any case.
 */
export type Ready = (keep: boolean) => Promise<Made>;

/**
 * Answers requests from standard input until it ends. Work that was made ready is kept for the next round.
 */
export async function serve(prepare: (work: Work) => Promise<Ready>): Promise<void> {
  const ready = new Map<string, Promise<Ready>>();
  for await (const line of lines(Deno.stdin.readable)) {
    const request: Request = JSON.parse(line);
    const key = JSON.stringify(request.work);
    let answer: Answer;
    try {
      if (!ready.has(key)) {
        ready.clear();
        ready.set(key, prepare(request.work));
      }
      answer = await answerOf(await ready.get(key)!, request);
    } catch (error) {
      answer = { ms: NaN, shape: [], error: error instanceof Error ? error.message : String(error) };
    }
    await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
  }
}

/** Does the work on the clock, and writes its result where that is wanted. */
async function answerOf(work: Ready, { out }: Request): Promise<Answer> {
  const start = performance.now();
  const made = await work(out !== undefined);
  const ms = performance.now() - start;
  if (out !== undefined) {
    using file = await Deno.open(out, { write: true, create: true, truncate: true });
    for (const part of await made.values()) {
      const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    }
  }
  made.dispose?.();
  return { ms, shape: made.shape };
}

/** Yields the lines of a stream. */
export async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair)) {
    const parts = (text + chunk).split("\n");
    text = parts.pop()!;
    yield* parts;
  }
}
