import { orAborted } from "../../engine/run/abort.ts";
import type { Budget } from "../../engine/run/budget.ts";
import { Refusal } from "../answers/error_answer.ts";
import type { Deadline } from "../deadline.ts";
import { leased } from "./lease.ts";

/** A body that was read, whose bytes are the budget's again when it is disposed of. */
export interface Body extends Disposable {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads a request's body once the budget has room for it; until then it stays with the client.
 * @param most the most bytes that it may have
 * @throws {Refusal} 413 for more bytes, 400 where it ends early, 408 where it takes too long.
 */
export async function readBody(
  request: Request,
  most: number,
  budget: Budget,
  deadline: Deadline,
): Promise<Body> {
  const announced = request.headers.get("content-length");
  const length = announced === null ? most : Number(announced), { signal } = deadline;
  if (length > most) throw tooLong(`${length} bytes`, most);
  const lease = await leased(budget, length, signal);
  try {
    const bytes = await orAborted(announced === null ? pieces(request, most) : request.bytes(), signal);
    deadline.bodyIsRead();
    return { bytes, [Symbol.dispose]: () => lease[Symbol.dispose]() };
  } catch (error) {
    lease[Symbol.dispose]();
    signal.throwIfAborted();
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, "usage", "the body ends before its length");
  }
}

/** Reads a body whose length nobody has said. */
async function pieces(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const read: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.length;
    if (length > most) throw tooLong(`more than ${most} bytes`, most);
    read.push(piece);
  }
  return new Uint8Array(await new Blob(read).arrayBuffer());
}

function tooLong(found: string, most: number): Refusal {
  return new Refusal(413, "limit", `the body has ${found}; ${most} (--max-body) is the most`, {
    connection: "close",
  });
}
