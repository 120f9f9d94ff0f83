import { readBounded } from "../formats/bounded_file.ts";
import { join } from "node:path";
import { VitrailError } from "../errors.ts";
import { ioError } from "../formats/io_error.ts";
import { CONFIG_NAMES } from "../recipes/model_config.ts";
import {
  filesThere,
  type ModelFile,
  type ModelFileName,
  type ModelFiles,
  mostBytesOf,
} from "./model_files.ts";

/** The files of a model in a folder, as downloaded from the hub or as `save_pretrained` writes them. */
export class ModelFolder implements ModelFiles {
  /** The folder in messages. */
  readonly what: string;

  /** Names the folder; nothing is read yet. */
  constructor(readonly path: string) {
    this.what = `the folder ${path}`;
  }

  /** Reads the files that are configs. */
  configs(): Promise<readonly ModelFile[]> {
    return filesThere(CONFIG_NAMES, (name) => this.read(name));
  }

  /** Reads one file; undefined where there is none of that name. */
  read(name: ModelFileName): Promise<ModelFile | undefined> {
    return readModelFile(join(this.path, name), name, "folder");
  }
}

/**
 * Reads the file at `path`; undefined where there is none.
 * @throws {VitrailError} `io` where it cannot be read; `limit` where it is too large.
 */
export async function readModelFile(
  path: string,
  name: ModelFileName,
  from: ModelFile["from"],
): Promise<ModelFile | undefined> {
  try {
    return { name, from, place: path, bytes: await readBounded(path, mostBytesOf(name)) };
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw ioError("read the recipe", path, error);
  }
}

/** @throws {VitrailError} `limit` for a file of more than `most` bytes. */
export function requireSize(what: string, bytes: number, most: number): void {
  if (bytes <= most) return;
  throw new VitrailError(
    "limit",
    `${what} has ${bytes} bytes, more than the ${most} that such a file may have`,
  );
}
