import { dirname } from "node:path";
import { messageOf, VitrailError } from "../../errors.ts";
import { refuseFolder } from "../../formats/atomic_write.ts";
import { folderWords } from "../../formats/folder.ts";
import { ioError } from "../../formats/io_error.ts";
import type { Terminal } from "../terminal.ts";

/** Prints `document` as the one JSON document of a run, or `text` for people. */
export function print(terminal: Terminal, json: boolean, document: unknown, text: () => string): void {
  terminal.out(json ? JSON.stringify(document, null, 2) : text());
}

/** An error as `--json` gives it. */
export function errorDocument(error: unknown): { code: string; message: string } {
  const code = error instanceof VitrailError ? error.code : "internal";
  return { code, message: messageOf(error) };
}

/**
 * Checks, before work is done, that a file can be written at `path`, and that it is none of those that are read.
 * @throws {VitrailError} `io`, where the path's folder is not there or the path is a folder; `usage` for a file of `inputs`, and
 * for a name that ends as folders do.
 */
export async function requireWritable(path: string, inputs: readonly string[] = []): Promise<void> {
  if (/[/\\]$/.test(path)) throw new VitrailError("usage", `--out ${path} names a folder; name a file in it`);
  const folder = dirname(path);
  const words = folderWords(path);
  const stat = await Deno.stat(folder).catch((error) => {
    throw ioError("write", path, error, words);
  });
  if (!stat.isDirectory) throw ioError("write", path, { code: "ENOTDIR" }, words);
  await refuseFolder(path);
  const real = await Deno.realPath(path).catch(() => undefined);
  if (real === undefined) return;
  for (const input of inputs) {
    if (await Deno.realPath(input).catch(() => undefined) !== real) continue;
    throw new VitrailError("usage", `--out ${path} is one of the pictures; name another file`);
  }
}
