import { join } from "node:path";
import { messageOf, VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";

/** The files of a model's folder that hold a recipe's fields, in the order in which they are looked for. */
const CONFIGS = ["preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json"];

/**
 * Reads the fields of a recipe from a JSON file, or from a model's folder as downloaded from the hub. The
 * folder's `preprocessor_config.json` counts first. Its `processor_config.json`, which says how texts are
 * expanded, is put around it. A folder without the former gives its `processor_config.json`, if that has an
 * `image_processor`, or else its `video_preprocessor_config.json`.
 * @throws {VitrailError} `io` for a file that cannot be read and for a folder without a config; `recipe` for
 * a file that is no JSON object.
 */
export async function readRecipe(path: string): Promise<Record<string, unknown>> {
  return await isFolder(path) ? await readFolder(path) : await readObject(path);
}

/** Tells if there is a folder at `path`. */
export async function isFolder(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isDirectory ?? false;
}

async function readFolder(folder: string): Promise<Record<string, unknown>> {
  const found: Record<string, Record<string, unknown>> = {};
  for (const name of CONFIGS) {
    const path = join(folder, name);
    const stat = await Deno.stat(path).catch(() => undefined);
    if (stat) found[name] = await readObject(path);
  }
  const [pictures, processor, videos] = CONFIGS.map((name) => found[name]);
  if (pictures) return processor ? { ...processor, image_processor: pictures } : pictures;
  if (processor?.image_processor) return processor;
  if (videos) return videos;
  const [own, around, video] = CONFIGS;
  throw new VitrailError(
    "io",
    `the folder ${folder} holds no ${own}, no ${around} with an image_processor and no ${video}`,
  );
}

async function readObject(path: string): Promise<Record<string, unknown>> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw ioError("read the recipe", path, error);
  });
  try {
    const json = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  } catch (cause) {
    throw new VitrailError("recipe", `the recipe ${path} is not JSON: ${messageOf(cause)}`, { cause });
  }
  throw new VitrailError("recipe", `the recipe ${path} is to be a JSON object of a recipe's fields`);
}
