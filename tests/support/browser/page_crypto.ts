/**
 * A page's stand-in for `node:crypto`, as far as tests use it.
 *
 * @module
 */

import { sha256 } from "npm:@noble/hashes@2.4.0/sha2.js";

/** Returns a sha256 in the making. */
export function createHash(_: "sha256") {
  const hash = sha256.create();
  const own = {
    update(bytes: Uint8Array | string) {
      hash.update(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
      return own;
    },
    digest: (_: "hex") => hash.digest().toHex(),
  };
  return own;
}
