import type { Answer, Request, Work } from "./work.ts";

/** A result: its shape, and its values where they can be had. */
export interface Made {
  shape: number[];
  /** f32 values in parts that follow one another, where `Request.out` wants them. */
  values(): Promise<Float32Array[]> | Float32Array[];
  /** Frees it. */
  dispose?(): void;
}

/** Work made ready: pictures read, or decoded; `run` is what the clock sees. */
export type Ready = () => Promise<Made>;

/** Answers requests from standard input until it ends; what a peer makes ready is kept for the next round. */
export async function serve(prepare: (work: Work) => Promise<Ready>): Promise<void> {
  const ready = new Map<string, Promise<Ready>>();
  for await (const line of lines(Deno.stdin.readable)) {
    const request: Request = JSON.parse(line);
    const key = JSON.stringify(request.work);
    let answer: Answer;
    try {
      if (!ready.has(key)) ready.clear(), ready.set(key, prepare(request.work));
      answer = await answerOf(await ready.get(key)!, request);
    } catch (error) {
      answer = { ms: NaN, shape: [], error: error instanceof Error ? error.message : String(error) };
    }
    await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
  }
}

async function answerOf(run: Ready, { out }: Request): Promise<Answer> {
  const start = performance.now();
  const made = await run();
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

/** A stream's lines. */
export async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair)) {
    const parts = (text + chunk).split("\n");
    text = parts.pop()!;
    yield* parts;
  }
}
