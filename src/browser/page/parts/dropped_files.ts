import { messageOf, VitrailError } from "../../../errors.ts";
import { MOST_CONFIG_BYTES, MOST_TEXT_BYTES } from "../../../formats/bounded_file.ts";
import type { JsonObject } from "../../../recipes/model_config.ts";

/** Files that came to the page, by what they are for. */
export interface DroppedFiles {
  readonly pictures: readonly File[];
  /** Configs and recipes, by name. */
  readonly configs: Readonly<Record<string, JsonObject>>;
  readonly tokenizer?: File;
  /** Lines about files that are nothing of that. */
  readonly troubles: string[];
}

/** Sorts files: those named `.json` are of models, all others are pictures. */
export async function droppedFiles(files: Iterable<File>): Promise<DroppedFiles> {
  const pictures: File[] = [], configs: Record<string, JsonObject> = {}, troubles: string[] = [];
  let tokenizer: File | undefined;
  for (const file of files) {
    const { name } = file;
    if (!/\.json$/i.test(name)) {
      pictures.push(file);
      continue;
    }
    try {
      if (tokenizer?.name === name || Object.hasOwn(configs, name)) {
        throw new VitrailError("usage", `two files are named ${name}: the first is taken`);
      }
      if (name === "tokenizer.json") tokenizer = bounded(file, MOST_TEXT_BYTES);
      else configs[name] = await objectOf(bounded(file, MOST_CONFIG_BYTES));
    } catch (error) {
      troubles.push(messageOf(error));
    }
  }
  return { pictures, configs, troubles, ...(tokenizer && { tokenizer }) };
}

/**
 * Returns a file that has no more than `most` bytes.
 * @throws {VitrailError} `limit` where it has.
 */
function bounded(file: File, most: number): File {
  if (file.size <= most) return file;
  throw new VitrailError("limit", `${file.name} has ${file.size} bytes; it may have ${most}`);
}

/** @throws {VitrailError} `recipe` for a file that is no JSON object. */
async function objectOf(file: File): Promise<JsonObject> {
  let value: unknown;
  try {
    value = JSON.parse(await file.text());
  } catch (error) {
    throw new VitrailError("recipe", `${file.name} is no JSON: ${messageOf(error)}`, { cause: error });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new VitrailError("recipe", `${file.name} is to hold an object of fields, as a config does`);
}
