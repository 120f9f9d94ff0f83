import process from "node:process";

/** Inflates by Node's zlib, in Deno too, as `Runtime.inflated` says. */
export function inflatedByNode(packed: Uint8Array, most: number): Uint8Array | undefined {
  try {
    const zlib = process.getBuiltinModule("node:zlib"); // an import would load it at every start
    return zlib.inflateSync(packed, { maxOutputLength: most });
  } catch {
    return undefined;
  }
}
