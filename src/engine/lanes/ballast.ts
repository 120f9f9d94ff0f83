import { runtime } from "../../runtime/here.ts";

/** The bytes of a lane's ballast, and of the thread's that takes the results of all lanes. */
export const BALLAST = { lane: 2 ** 29, results: 2 ** 30 } as const;

/** The time for which a thread with a ballast keeps its garbage, ms: V8 leaves it there for minutes. */
export const GARBAGE_KEPT = 10_000;

let ballast: ArrayBuffer | undefined;

/** Those that this thread has its ballast for. */
let holders = 0;

/**
 * Gives this thread its ballast: memory that nobody touches, so that the system gives none for it. V8
 * collects garbage each time that a thread's arrays have grown by a tenth and some megabytes. Those of chunks
 * come and go, of 30 MB and more, and a collection would follow every few of them. Beside the ballast they
 * are little. A page has none, whose memory is short, nor has Windows, which charges memory that
 * nobody touches, nor a machine that gives none.
 * @param bytes where it has none yet; of `BALLAST`
 * @returns what gives it back, where no other has it
 */
export function takeBallast(bytes: number): Disposable {
  holders++;
  try {
    if (runtime.reservesFreely) ballast ??= new ArrayBuffer(bytes);
  } catch { /* it goes without */ }
  return {
    [Symbol.dispose]() {
      if (--holders === 0) ballast = undefined;
    },
  };
}
