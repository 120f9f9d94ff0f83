import { join } from "node:path";
import { messageOf, VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";

/** What a model's folder says of its pictures, in the order in which it is looked for. */
const CONFIGS = ["preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json"];

/**
 * The fields of a recipe in a JSON file, or in a folder as it is downloaded from the hub: its `preprocessor_config.json`, with the
 * `processor_config.json` around it that says how texts are expanded, or the config that it has in their place.
 * @throws {VitrailError} `io` for what cannot be read and for a folder without a config, `recipe` for what is no JSON object.
 */
export async function readRecipe(path: string): Promise<Record<string, unknown>> {
  return await isFolder(path) ? await readFolder(path) : await readObject(path);
}

/** Whether a folder stands at `path`. */
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
  throw new VitrailError(
    "io",
    `the folder ${folder} holds no ${CONFIGS[0]}, no ${CONFIGS[1]} with an image_processor and no ${
      CONFIGS[2]
    }`,
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
