import type { Budget } from "../../engine/run/budget.ts";
import { leased } from "../bodies/lease.ts";
import type { ServiceLimits } from "../service_limits.ts";
import type { Answer } from "./answer.ts";
import { Refusal } from "./error_answer.ts";

/** The most characters of a text that goes at once; a server's buffers take as much of it. */
const SHORT = 2 ** 16;

/** The memory of results, and the most that one may take. */
export interface ResultMemory {
  readonly results: Budget;
  readonly limits: Pick<ServiceLimits, "inFlightBytes">;
}

/**
 * Waits for memory of a result.
 * @throws {Refusal} 413 for one that would not fit if it were alone.
 */
export async function resultLease(
  bytes: number,
  { results, limits }: ResultMemory,
  signal: AbortSignal,
): Promise<Disposable> {
  if (bytes <= limits.inFlightBytes) return await leased(results, bytes, signal);
  throw new Refusal(
    413,
    "limit",
    `the result has ${bytes} bytes; ${limits.inFlightBytes} (--in-flight-bytes) is the most`,
  );
}

/** Returns an answer whose text, where it is long, goes in pieces, and takes memory of results until then. */
export async function leasedAnswer(
  answer: Answer,
  memory: ResultMemory,
  signal: AbortSignal,
): Promise<Answer> {
  const { body } = answer;
  if (typeof body !== "string" || body.length <= SHORT) return answer;
  const bytes = new TextEncoder().encode(body), lease = await resultLease(bytes.length, memory, signal);
  return { ...answer, body: once(bytes), free: () => lease[Symbol.dispose]() };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
