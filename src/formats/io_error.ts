import { messageOf, VitrailError } from "../errors.ts";

/** The system's error codes in plain words. */
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
 * Returns the `io` error of trying to `action` ("write", "read") the file at `path`, in plain words.
 *
 * A `VitrailError` is returned as it is.
 *
 * @param words what is said of a path that does not exist (`missing`) and of one that leads through a file
 * (`notFolder`)
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

/** Says why, in plain words; in the system's own where there are none. */
function reasonOf(error: unknown, words: { missing: string; notFolder?: string }): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof Deno.errors.NotFound || code === "ENOENT") return words.missing;
  if (error instanceof Deno.errors.NotADirectory || code === "ENOTDIR") {
    return words.notFolder ?? words.missing;
  }
  if (error instanceof Deno.errors.NotCapable) return `Deno was not allowed to: ${messageOf(error)}`;
  return typeof code === "string" && BY_CODE[code] || messageOf(error);
}
