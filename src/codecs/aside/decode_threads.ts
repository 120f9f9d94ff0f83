import { runtime } from "../../runtime/here.ts";
import type { DecodedPicture, DecodeElsewhere, DecodeOptions } from "../decode.ts";
import type { Format } from "../headers/format.ts";
import { DECODE_MODULE, DecodeThread } from "./decode_thread.ts";

/** The most threads that decode. */
const MOST_THREADS = 4;

/** Time without work after which threads end, ms. */
const REST = 30_000;

/** One that waits for a picture. */
export interface DecodeWatch {
  /** Ends the decoding, and the thread that does it. */
  signal?: AbortSignal;
  /** Called when the decoding begins; what came before was waiting. */
  onBegin?: () => void;
}

/**
 * Threads that decode pictures beside the one that asks. Each is started when it is needed, and all
 * end once none has had work for a while.
 */
export class DecodeThreads {
  readonly #idle: DecodeThread[] = [];
  readonly #waiting: PromiseWithResolvers<DecodeThread>[] = [];
  #started = 0;
  #ending: ReturnType<typeof setTimeout> | undefined;

  /** Creates threads, `most` of them, of which none is started yet, that end after `rest` ms without work. */
  constructor(
    readonly most: number = Math.min(navigator.hardwareConcurrency ?? 1, MOST_THREADS),
    readonly rest: number = REST,
  ) {}

  /** The number of threads that are running. */
  get running(): number {
    return this.#started;
  }

  /**
   * Decodes a picture as `decode` does, on a thread that has nothing else to do.
   * @throws {VitrailError} what `decode` throws; `device` where the thread ends, or cannot be started; the
   * signal's reason where it is aborted.
   */
  async decode(
    bytes: Uint8Array,
    options: DecodeOptions & { name: string },
    watch: DecodeWatch = {},
  ): Promise<DecodedPicture> {
    return await this.#onThread((thread) => thread.decode(bytes, options), watch);
  }

  /** Looks for damage as `damageOf` does, on a thread that has nothing else to do; throws as `decode`. */
  async damageOf(bytes: Uint8Array, format: Format, watch: DecodeWatch = {}): Promise<string | undefined> {
    return await this.#onThread((thread) => thread.damageOf(bytes, format), watch);
  }

  async #onThread<T>(
    work: (thread: DecodeThread) => Promise<T>,
    { signal, onBegin }: DecodeWatch,
  ): Promise<T> {
    signal?.throwIfAborted();
    const thread = await this.#take(signal), abort = () => thread.abort(signal!.reason);
    try {
      signal?.throwIfAborted();
      signal?.addEventListener("abort", abort);
      onBegin?.();
      return await work(thread);
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#give(thread);
    }
  }

  /** Ends the threads that have nothing to do. */
  async close(): Promise<void> {
    clearTimeout(this.#ending);
    this.#started -= this.#idle.length;
    await Promise.all(this.#idle.splice(0).map((thread) => thread.close()));
  }

  async #take(signal: AbortSignal | undefined): Promise<DecodeThread> {
    clearTimeout(this.#ending);
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.gone === undefined) return idle;
      this.#started--;
    }
    return this.#started < this.most ? this.#start() : await this.#wait(signal);
  }

  /** Starts a thread; one that cannot be started is not counted. */
  #start(): DecodeThread {
    const thread = new DecodeThread();
    this.#started++;
    return thread;
  }

  /** Waits until a thread has nothing else to do; no longer where that is aborted. */
  async #wait(signal: AbortSignal | undefined): Promise<DecodeThread> {
    const waiting = Promise.withResolvers<DecodeThread>();
    const leave = () => {
      const place = this.#waiting.indexOf(waiting);
      if (place >= 0) this.#waiting.splice(place, 1);
      if (place >= 0) waiting.reject(signal!.reason);
    };
    this.#waiting.push(waiting);
    signal?.addEventListener("abort", leave);
    try {
      return await waiting.promise;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  /** Hands a thread to who waits longest; a new one in the place of one that has ended. */
  #give(thread: DecodeThread): void {
    const own = thread.gone === undefined ? thread : undefined;
    if (own === undefined) this.#started--;
    if (!this.#serveNext(own) && own) this.#idle.push(own);
    if (this.#idle.length > 0 && this.#idle.length === this.#started) this.#endLater();
  }

  /** Gives a thread, or a new one, to who waits; all that wait hear of it where none can be started. */
  #serveNext(thread: DecodeThread | undefined): boolean {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      try {
        next.resolve(thread ?? this.#start());
        return true;
      } catch (error) {
        next.reject(error);
      }
    }
    return false;
  }

  /** Ends the threads in a while, unless one has work before. */
  #endLater(): void {
    clearTimeout(this.#ending);
    this.#ending = setTimeout(() => void this.close(), this.rest);
    (this.#ending as { unref?(): void }).unref?.(); // where there is a process, it may end before
  }
}

/** The threads of all engines. */
export const DECODE_THREADS = new DecodeThreads();

/** The answer of {@linkcode hasAside}; undefined before the first question. */
let isHere: Promise<boolean> | undefined;

/** Tells if this thread can have pictures decoded by others: some can be started, and it is none of them. */
export function hasAside(): Promise<boolean> {
  return isHere ??= Promise.try(async () => {
    return runtime.threadData() === undefined && await asideMissing() === undefined;
  });
}

/** Says why no thread can decode beside the one that asks; undefined where one can. */
export function asideMissing(): Promise<string | undefined> {
  return runtime.threadMissing(DECODE_MODULE);
}

/** Returns the threads of all engines, as one that decodes a picture there has them. */
export function threadsAside(watch?: DecodeWatch): DecodeElsewhere {
  return {
    decode: (bytes, options) => DECODE_THREADS.decode(bytes, options, watch),
    damageOf: (bytes, format) => DECODE_THREADS.damageOf(bytes, format, watch),
  };
}
