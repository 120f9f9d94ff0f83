import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Returns the bytes that are free where `path` lies or will lie; undefined where nobody may ask (without
 * `--allow-sys`).
 */
export async function freeBytes(path: string): Promise<number | undefined> {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "statfs" });
  if (state !== "granted") return undefined;
  for (let folder = resolve(path);; folder = dirname(folder)) {
    const found = await statfs(folder).catch(() => undefined);
    if (found !== undefined) return found.bavail * found.bsize;
    if (dirname(folder) === folder) return undefined;
  }
}
