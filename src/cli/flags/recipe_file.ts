import { dirname, join } from "node:path";
import { readModelFile } from "../../hub/model_folder.ts";
import { objectIn } from "../../hub/model_files.ts";
import { ioError } from "../../formats/io_error.ts";

/**
 * Reads the fields of a recipe from a JSON file.
 * @throws {VitrailError} `io` for a file that cannot be read; `recipe` for one that is no JSON object.
 */
export async function readRecipe(path: string): Promise<Record<string, unknown>> {
  const file = await readModelFile(path, "config.json", "folder");
  if (file === undefined) throw ioError("read the recipe", path, new Deno.errors.NotFound());
  return { ...objectIn(file, "recipe") };
}

/**
 * Reads the `config.json` in a file's folder; undefined where there is none.
 * @throws {VitrailError} `io` for a file that cannot be read; `recipe` for one that is no JSON object.
 */
export async function readConfigBeside(path: string): Promise<Record<string, unknown> | undefined> {
  const file = await readModelFile(join(dirname(path), "config.json"), "config.json", "folder");
  return file && { ...objectIn(file, "recipe") };
}
