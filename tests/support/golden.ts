import { createHash } from "node:crypto";

/** The records of a golden file. */
export function golden<T>(name: string): T {
  return JSON.parse(Deno.readTextFileSync(new URL(`../goldens/${name}.json`, import.meta.url)));
}

/** The sha256 of bytes, in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
