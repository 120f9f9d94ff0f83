import { messageOf, VitrailError } from "../../../errors.ts";

/**
 * Returns the object of JSON that a message of a queue holds.
 * @param what the thing that it is to be, in messages
 * @throws {VitrailError} `io` where it holds anything else.
 */
export function objectIn(bytes: Uint8Array, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new VitrailError("io", `${what} in the queue is no JSON: ${messageOf(cause)}`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new VitrailError("io", `${what} in the queue is no object of JSON`);
}

/** Returns a value as the bytes of a message. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
