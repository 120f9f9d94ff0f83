import { runtime } from "../../runtime/here.ts";

/** The bytes of the ballast. */
const BYTES = 2 ** 29;

let ballast: ArrayBuffer | undefined;

/**
 * Gives this thread its ballast: memory that nobody touches, so that the system gives none for it. V8
 * collects garbage each time that a thread's arrays have grown by a tenth and some megabytes. Those of chunks
 * come and go, of 30 MB and more, and a collection would follow every few of them. Beside the ballast they
 * are little. A page has none, whose memory is short, nor has a machine that gives none.
 */
export function takeBallast(): void {
  if (runtime.mustAnswer) return;
  try {
    ballast ??= new ArrayBuffer(BYTES);
  } catch { /* it goes without */ }
}
