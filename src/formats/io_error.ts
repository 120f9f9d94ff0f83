import { messageOf, VitrailError } from "../errors.ts";

/** What went wrong with a file, by the system's code. */
const BY_CODE: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EISDIR: "it is a folder",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open",
  ELOOP: "a symbolic link leads back to itself",
};

/**
 * The `io` error of trying to `action` the file at `path` ("write", "read"), in plain words; `missing` and `notFolder`
 * say what a path that does not exist, or that leads through a file, means there. A `VitrailError` is returned as it is.
 */
export function ioError(
  action: string,
  path: string,
  error: unknown,
  words: { missing: string; notFolder?: string } = { missing: "it does not exist" },
): VitrailError {
  if (error instanceof VitrailError) return error;
  return new VitrailError("io", `cannot ${action} ${path}: ${reasonOf(error, words)}`, { cause: error });
}

/** Why, in plain words; the system's own message where there are none. */
function reasonOf(error: unknown, words: { missing: string; notFolder?: string }): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof Deno.errors.NotFound || code === "ENOENT") return words.missing;
  if (error instanceof Deno.errors.NotADirectory || code === "ENOTDIR") {
    return words.notFolder ?? words.missing;
  }
  if (error instanceof Deno.errors.NotCapable) return `Deno was not allowed to: ${messageOf(error)}`;
  return typeof code === "string" && BY_CODE[code] || messageOf(error);
}
