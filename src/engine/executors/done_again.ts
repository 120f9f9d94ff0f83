import { messageOf, VitrailError } from "../../errors.ts";
import type { Executor } from "../executor.ts";

/** The most times that work is done again. */
const MOST_AGAIN = 2;

/** Errors of work that was done again as often as it may be. */
const spent = new WeakSet<object>();

/** Returns whether an error says that work was done again in vain. */
export function isSpent(error: object): boolean {
  return spent.has(error);
}

/** Has {@linkcode isSpent} say that of an error that came from another thread. */
export function asSpent(error: Error): Error {
  spent.add(error);
  return error;
}

/**
 * Does work on an executor, and does it again, twice at most, where its device was lost meanwhile and another
 * one has its place.
 * @param losses counts the devices that were lost under this work, where it has several steps
 * @throws {VitrailError} `device` where the device is lost for a third time, or cannot be opened again; what
 * `work` throws.
 */
export async function doneAgain<T>(
  executor: Executor,
  work: () => T | Promise<T>,
  losses: { count: number } = { count: 0 },
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!await executor.renewed?.(error)) throw error;
      if (losses.count++ < MOST_AGAIN) continue;
      const why = `the GPU device was lost ${losses.count} times under the same work`;
      const advice = "use the simd executor, or a smaller { memory }";
      throw asSpent(
        new VitrailError("device", `${why} (${messageOf(error)}); ${advice}`, { cause: error }),
      );
    }
  }
}
