import { glob } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { nearestText } from "../../given/nearest_text.ts";

/** The names of picture files. */
const PICTURE = /\.(jpe?g|png|gif|webp|bmp|tiff?|avif)$/i;

/**
 * Returns the paths of the pictures that a command's arguments name. Files stay as given; a folder and a glob
 * become the pictures in them, sorted by name.
 * @throws {VitrailError} `usage` for no argument; `io` for a file that does not exist (the message names the
 * nearest one beside it), and for a folder or a glob without pictures.
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
  if (found === undefined) throw await missing(path);
  return [path];
}

/** Looks at a path: undefined where nothing is there, no facts where its reader will say what is wrong. */
function statOf(path: string): Promise<Partial<Deno.FileInfo> | undefined> {
  return Deno.stat(path).catch((error) => error instanceof Deno.errors.NotFound ? undefined : {});
}

/** Returns the error of a file that does not exist. */
async function missing(path: string): Promise<VitrailError> {
  const beside = await Array.fromAsync(Deno.readDir(dirname(path)), ({ name }) => name).catch(() => []);
  const nearest = nearestText(basename(path), beside.sort());
  return ioError("read", path, new Deno.errors.NotFound(), { missing: `it does not exist${nearest}` });
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
