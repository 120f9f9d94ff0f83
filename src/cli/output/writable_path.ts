import { dirname } from "node:path";
import { VitrailError } from "../../errors.ts";
import { refuseFolder } from "../../formats/atomic_write.ts";
import { folderWords } from "../../formats/folder.ts";
import { ioError } from "../../formats/io_error.ts";

/** The endings of files that hold pictures. */
const PICTURE = /\.(?:avif|bmp|gif|jpe?g|png|tiff?|webp)$/i;

/**
 * Checks, before any work is done, that a file can be written at `path` and that it is none of `inputs`.
 * @param ending the ending of such files
 * @throws {VitrailError} `io` where the path's folder does not exist or the path is a folder; `usage` where
 * it is one of `inputs`, ends in a slash as folders do, or has a picture's ending and another one is meant.
 * The messages name `flag`.
 */
export async function requireWritable(
  path: string,
  inputs: readonly string[],
  ending: ".png" | ".html" | ".safetensors",
  flag: string = "--out",
): Promise<void> {
  if (/[/\\]$/.test(path)) {
    throw new VitrailError("usage", `${flag} ${path} names a folder; name a file in it`);
  }
  const folder = dirname(path);
  const words = folderWords(path);
  const stat = await Deno.stat(folder).catch((error) => {
    throw ioError("write", path, error, words);
  });
  if (!stat.isDirectory) throw ioError("write", path, { code: "ENOTDIR" }, words);
  await refuseFolder(path);
  const real = await Deno.realPath(path).catch(() => undefined);
  for (const input of real === undefined ? [] : inputs) {
    if (await Deno.realPath(input).catch(() => undefined) !== real) continue;
    throw new VitrailError("usage", `${flag} ${path} is one of the files to be read; name another file`);
  }
  const [found] = path.match(PICTURE) ?? [ending];
  if (found.toLowerCase() !== ending) {
    throw new VitrailError("usage", `${flag} ${path} ends in ${found}; what is written is a file ${ending}`);
  }
}
