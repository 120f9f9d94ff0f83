import { glob } from "node:fs/promises";
import { join } from "node:path";
import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";

const PICTURE = /\.(jpe?g|png|gif|webp|bmp|tiff?|avif)$/i;

/**
 * The pictures that the arguments of a command name: files as given, the pictures in a folder and what a glob matches
 * sorted by name.
 * @throws {VitrailError} `usage` for no argument; `io` for a folder without pictures, or a glob that matches nothing.
 */
export async function pictureArguments(args: readonly string[]): Promise<string[]> {
  if (args.length === 0) {
    throw new VitrailError("usage", "no pictures given; name files, folders or globs");
  }
  return (await Promise.all(args.map(expanded))).flat();
}

async function expanded(path: string): Promise<string[]> {
  if (path === "-") {
    throw new VitrailError("usage", "standard input is not read; name files, folders or globs");
  }
  const found = await statOf(path);
  if (found?.isDirectory) return await picturesIn(path);
  if (found === undefined && /[*?[{]/.test(path)) return await matches(path);
  return [path];
}

/** What stands at `path`; undefined for nothing, or for what the reader will complain about. */
function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  return Deno.stat(path).catch(() => undefined);
}

async function picturesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isDirectory && PICTURE.test(entry.name)) names.push(entry.name);
    }
  } catch (error) {
    throw ioError("read the folder", folder, error);
  }
  if (names.length > 0) return names.sort().map((name) => join(folder, name));
  throw new VitrailError(
    "io",
    `no pictures in the folder ${folder}; pictures end in .jpg, .png, .gif, .webp, .bmp, .tif or .avif`,
  );
}

async function matches(pattern: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern)) {
    if (PICTURE.test(path) && (await statOf(path))?.isFile) found.push(path);
  }
  if (found.length > 0) return found.sort();
  throw new VitrailError("io", `no picture matches ${pattern}`);
}
