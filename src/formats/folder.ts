import { dirname } from "node:path";
import { ioError } from "./io_error.ts";

/**
 * Makes a folder, and those that it lies in, where there is none.
 *
 * @throws {VitrailError} `io`, with the path and why.
 */
export async function makeFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true }).catch((error) => {
    const taken = error instanceof Deno.errors.AlreadyExists;
    throw ioError("make the folder", path, taken ? { code: "ENOTDIR" } : error, {
      missing: "its parent does not exist",
      notFolder: "a file has that name",
    });
  });
}

/** Says of the folder that the file `path` lies in that it is missing, and that it is no folder. */
export function folderWords(path: string): { missing: string; notFolder: string } {
  const folder = dirname(path);
  return { missing: `the folder ${folder} does not exist`, notFolder: `${folder} is not a folder` };
}
