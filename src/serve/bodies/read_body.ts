import { orAborted } from "../../engine/run/abort.ts";
import type { Budget } from "../../engine/run/budget.ts";
import { Refusal } from "../answers/error_answer.ts";
import type { Deadline } from "../deadline.ts";
import { leased } from "./lease.ts";

/** A body that was read, whose bytes are the budget's again when it is disposed of. */
export interface Body extends Disposable {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The limits of a body. */
export interface BodyLimits {
  /** The most bytes. */
  readonly maxBody: number;
  /** The time in which it has to come, ms. */
  readonly timeout: number;
}

/** A body of fewer bytes may come as it likes: it holds next to nothing. */
const SMALL = 2 ** 16;

/** The time that a body may be late, ms. */
const GRACE = 5000;

/**
 * Reads a request's body once the budget has room for it; until then it stays with the client. A body that
 * comes too slowly to be there in time holds its room no longer; one of no length has to come as fast as one
 * of the most bytes.
 * @throws {Refusal} 413 for more bytes, 400 where it ends early, 408 where it comes too slowly.
 */
export async function readBody(
  request: Request,
  { maxBody, timeout }: BodyLimits,
  budget: Budget,
  deadline: Deadline,
): Promise<Body> {
  const announced = request.headers.get("content-length");
  const length = announced === null ? maxBody : Number(announced), { signal } = deadline;
  if (length > maxBody) throw tooLong(`${length} bytes`, maxBody);
  const lease = await leased(budget, length, signal);
  try {
    const reading = length <= SMALL && announced !== null
      ? request.bytes()
      : pieces(request, maxBody, (read) => GRACE + timeout * read / length);
    const bytes = await orAborted(reading, signal);
    deadline.bodyIsRead();
    return { bytes, [Symbol.dispose]: () => lease[Symbol.dispose]() };
  } catch (error) {
    lease[Symbol.dispose]();
    signal.throwIfAborted();
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, "usage", "the body ends before its length");
  }
}

/**
 * Reads a body piece by piece.
 * @param due returns the time at which more than so many bytes have to be there, ms
 */
async function pieces(
  request: Request,
  most: number,
  due: (read: number) => number,
): Promise<Uint8Array<ArrayBuffer>> {
  const read: Uint8Array<ArrayBuffer>[] = [], reader = request.body?.getReader(), start = performance.now();
  let length = 0, timer: ReturnType<typeof setTimeout> | undefined;
  const late = Promise.withResolvers<never>();
  try {
    while (reader) {
      const left = start + due(length) - performance.now();
      timer = setTimeout(() => late.reject(tooSlow(length)), left);
      const { value, done } = await Promise.race([reader.read(), late.promise]);
      clearTimeout(timer);
      if (done) break;
      length += value.length;
      if (length > most) throw tooLong(`more than ${most} bytes`, most);
      read.push(value);
    }
    return new Uint8Array(await new Blob(read).arrayBuffer());
  } catch (error) {
    reader?.cancel(error).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(read: number): Refusal {
  return new Refusal(
    408,
    "limit",
    `the body comes too slowly to be here in time (--timeout): ${read} bytes`,
    {
      connection: "close",
    },
  );
}

function tooLong(found: string, most: number): Refusal {
  return new Refusal(413, "limit", `the body has ${found}; ${most} (--max-body) is the most`, {
    connection: "close",
  });
}
