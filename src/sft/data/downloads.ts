import { join } from "node:path";
import { writeAtomically } from "../../formats/atomic_write.ts";
import { makeFolder } from "../../formats/folder.ts";
import { type DownloadLimits, netBytes } from "../../hub/net_bytes.ts";
import { sha256OfBytes } from "../../formats/sha256.ts";

/** The most that a picture on the network may have and take: 64 MiB, 60 s. */
export const DOWNLOAD_LIMITS: DownloadLimits = { most: 2 ** 26, timeout: 60_000 };

/** Says whether a record's text is an address of http or https. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** The pictures that a set names by their addresses. Each is downloaded once, and stays in a folder. */
export class Downloads {
  /** Creates the downloads of a folder, which is made with the first of them. */
  constructor(readonly folder: string, readonly limits: DownloadLimits = DOWNLOAD_LIMITS) {}

  /**
   * Returns the path of a picture's file, which is downloaded where it is not there yet.
   * @throws {VitrailError} `io` and `limit` for a download that fails; `io` where it cannot be written.
   */
  async file(address: string, signal?: AbortSignal): Promise<string> {
    const name = sha256OfBytes(address), path = join(this.folder, name);
    if (await Deno.stat(path).then(() => true, () => false)) return path;
    const bytes = await netBytes(address, `the picture ${address}`, this.limits, signal);
    await makeFolder(this.folder);
    await writeAtomically(path, bytes);
    return path;
  }
}
