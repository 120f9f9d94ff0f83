import { messageOf, VitrailError } from "../../../errors.ts";
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

/** The most bytes that a config may have. */
const LARGEST_CONFIG = 2 ** 23;

/** Sorts files: those named `.json` are of models, all others are pictures. */
export async function droppedFiles(files: Iterable<File>): Promise<DroppedFiles> {
  const pictures: File[] = [], configs: Record<string, JsonObject> = {}, troubles: string[] = [];
  let tokenizer: File | undefined;
  for (const file of files) {
    if (file.name === "tokenizer.json") tokenizer = file;
    else if (!/\.json$/i.test(file.name)) pictures.push(file);
    else {
      try {
        configs[file.name] = await objectOf(file);
      } catch (error) {
        troubles.push(messageOf(error));
      }
    }
  }
  return { pictures, configs, troubles, ...(tokenizer && { tokenizer }) };
}

/** @throws {VitrailError} `recipe` for a file that is no JSON object; `limit` for one that is no config. */
async function objectOf(file: File): Promise<JsonObject> {
  if (file.size > LARGEST_CONFIG) {
    throw new VitrailError(
      "limit",
      `${file.name} has ${file.size} bytes; a config has ${LARGEST_CONFIG} at most`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(await file.text());
  } catch (error) {
    throw new VitrailError("recipe", `${file.name} is no JSON: ${messageOf(error)}`, { cause: error });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new VitrailError("recipe", `${file.name} is to hold an object of fields, as a config does`);
}
