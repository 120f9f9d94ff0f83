import { runtime } from "../../runtime/here.ts";
import type { DecodedPicture, DecodeOptions } from "../decode.ts";
import { DECODE_MODULE, DecodeThread } from "./decode_thread.ts";

/** The most threads that decode. */
const MOST_THREADS = 4;

/** Time without work after which threads end, ms. */
const REST = 30_000;

/**
 * Threads that decode pictures beside the one that asks. Each is started when it is needed, and all
 * end once none has had work for a while.
 */
export class DecodeThreads {
  readonly #idle: DecodeThread[] = [];
  readonly #waiting: ((thread: DecodeThread) => void)[] = [];
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
   * @throws {VitrailError} what `decode` throws; `device` where the thread ends, or cannot be started.
   */
  async decode(bytes: Uint8Array, options: DecodeOptions & { name: string }): Promise<DecodedPicture> {
    const thread = await this.#take();
    try {
      return await thread.decode(bytes, options);
    } finally {
      this.#give(thread);
    }
  }

  /** Ends the threads that have nothing to do. */
  async close(): Promise<void> {
    clearTimeout(this.#ending);
    this.#started -= this.#idle.length;
    await Promise.all(this.#idle.splice(0).map((thread) => thread.close()));
  }

  async #take(): Promise<DecodeThread> {
    clearTimeout(this.#ending);
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.gone === undefined) return idle;
      this.#started--;
    }
    if (this.#started >= this.most) return await new Promise((resolve) => this.#waiting.push(resolve));
    this.#started++;
    return new DecodeThread();
  }

  /** Hands a thread to who waits longest; a new one in the place of one that has ended. */
  #give(thread: DecodeThread): void {
    const own = thread.gone === undefined ? thread : undefined, next = this.#waiting.shift();
    if (next) next(own ?? new DecodeThread());
    else if (own) this.#idle.push(own);
    else this.#started--;
    if (this.#idle.length > 0 && this.#idle.length === this.#started) this.#endLater();
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

/** True where this thread is none of ours, and others can be started; undefined before it was asked. */
let isHere: Promise<boolean> | undefined;

/** Tells if pictures can be decoded beside this thread: it is none that works aside itself. */
export function hasAside(): Promise<boolean> {
  return isHere ??= Promise.try(async () =>
    runtime.threadData() === undefined && await runtime.threadMissing(DECODE_MODULE) === undefined
  );
}

/** Decodes a picture beside the thread that must answer. */
export function decodeAside(
  bytes: Uint8Array,
  options: DecodeOptions & { name: string },
): Promise<DecodedPicture> {
  return DECODE_THREADS.decode(bytes, options);
}
