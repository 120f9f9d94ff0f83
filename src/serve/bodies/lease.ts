import { orAborted } from "../../engine/run/abort.ts";
import type { Budget } from "../../engine/run/budget.ts";

/**
 * Waits until a budget has so many bytes, and takes them until the lease is disposed of.
 * @throws the signal's reason where it is aborted while they are waited for
 */
export async function leased(budget: Budget, bytes: number, signal: AbortSignal): Promise<Disposable> {
  const taking = budget.take(bytes);
  try {
    await orAborted(taking, signal);
  } catch (error) {
    taking.then(() => budget.give(bytes));
    throw error;
  }
  return { [Symbol.dispose]: () => budget.give(bytes) };
}
