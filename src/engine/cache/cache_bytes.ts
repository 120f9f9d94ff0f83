import { shown, VitrailError } from "../../errors.ts";
import { byteSize } from "../../given/byte_size.ts";

/**
 * Returns the bytes that a cache may take: 0 where none is asked for.
 * @throws {VitrailError} `usage` for what is neither bytes nor a size.
 */
export function cacheBytes(given: number | string | undefined): number {
  if (given === undefined) return 0;
  const bytes = typeof given === "string" ? byteSize("cache", given) : given;
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  throw new VitrailError(
    "usage",
    `cache is a number of bytes or a size such as "512MiB", found ${shown(given)}`,
  );
}
