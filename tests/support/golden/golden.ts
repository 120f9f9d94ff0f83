import { AssertionError } from "@std/assert";
import { createHash } from "node:crypto";
import { differencesOf, nameOf, type Subject } from "../compare/differences.ts";

/** Returns a golden file's JSON. */
export function golden<T>(name: string): T {
  return JSON.parse(Deno.readTextFileSync(new URL(`../../goldens/${name}.json`, import.meta.url)));
}

/** Returns the sha256 of bytes, in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Fails unless bytes have the sha256 of a golden, which knows no more of them. The message names the suite,
 * the call, the output and its shape, and compares the bytes with the reference executor's where it can make
 * them.
 * @param reference makes the reference executor's bytes of the same output
 */
export async function assertGolden(
  bytes: Uint8Array,
  expected: string,
  subject: Subject,
  reference?: () => Uint8Array | Promise<Uint8Array>,
): Promise<void> {
  const found = sha256(bytes);
  if (found === expected) return;
  const hashes = `sha256 ${short(found)}, expected ${short(expected)}`;
  const lines = [`${nameOf(subject)}: not the golden's bytes (${hashes})`];
  if (reference) lines.push(beside(bytes, await reference(), expected, subject));
  throw new AssertionError(lines.join("\n"));
}

/** Compares bytes that are not a golden's with the reference executor's. */
function beside(bytes: Uint8Array, reference: Uint8Array, expected: string, subject: Subject): string {
  const differences = differencesOf(bytes, reference, { ...subject, label: "beside the reference executor" });
  if (differences === undefined) return "the reference executor gives the same bytes";
  const right = sha256(reference) === expected ? "the golden's" : "not the golden's either";
  return `${differences}\nthe reference executor's bytes are ${right}`;
}

function short(hash: string): string {
  return `${hash.slice(0, 8)}…`;
}
