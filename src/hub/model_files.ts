import { messageOf, VitrailError } from "../errors.ts";
import { textOfBytes } from "../formats/bounded_file.ts";
import {
  CONFIG_NAMES,
  type ConfigName,
  type JsonObject,
  type ModelConfigs,
} from "../recipes/model_config.ts";

/** The name of a file of a model that Vitrail reads: of a config, of a tokenizer, or of a chat template. */
export type ModelFileName =
  | "processor_config.json"
  | "preprocessor_config.json"
  | "video_preprocessor_config.json"
  | "config.json"
  | "tokenizer.json"
  | "tokenizer_config.json"
  | "chat_template.jinja"
  | "chat_template.json";

/** All such names. */
export const MODEL_FILE_NAMES: readonly ModelFileName[] = [
  ...CONFIG_NAMES,
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja",
  "chat_template.json",
];

/** The most bytes that a file may have: a tokenizer has a line a token, and the others are short. */
export function mostBytesOf(name: ModelFileName): number {
  return name === "tokenizer.json" ? 2 ** 28 : 2 ** 23;
}

/** A file of a model that was read. */
export interface ModelFile {
  /** Its name. */
  readonly name: ModelFileName;
  /** The kind of place that it was read in. */
  readonly from: "folder" | "cache" | "hub";
  /** Its path, or its address on the hub where it could not be put into the cache. */
  readonly place: string;
  /** Its content. */
  readonly bytes: Uint8Array;
}

/** The files of one model, wherever they are. */
export interface ModelFiles {
  /** The model in messages: `the folder models/qwen`, `Qwen/Qwen3-VL-8B-Instruct`. */
  readonly what: string;
  /**
   * Reads the files that are configs. Those that the model does not have are absent.
   * @param clips true where a config for clips is looked for, and not one for pictures
   */
  configs(clips: boolean): Promise<readonly ModelFile[]>;
  /**
   * Reads one file; undefined where the model has none of that name.
   * @throws {VitrailError} `io` where it cannot be read; `limit` where it is too large.
   */
  read(name: ModelFileName): Promise<ModelFile | undefined>;
}

/**
 * Returns the contents of configs by their names.
 * @throws {VitrailError} `recipe` for one that is no JSON object.
 */
export function configsIn(files: readonly ModelFile[]): ModelConfigs {
  return Object.fromEntries(files.map((file) => [file.name as ConfigName, objectIn(file, "recipe")]));
}

/**
 * Returns the JSON object in a file.
 * @param what the kind of file, in messages
 * @throws {VitrailError} `recipe` where it is none.
 */
export function objectIn(file: Pick<ModelFile, "place" | "bytes">, what: string): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(textIn(file));
  } catch (cause) {
    throw new VitrailError("recipe", `the ${what} ${file.place} is not JSON: ${messageOf(cause)}`, { cause });
  }
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw new VitrailError("recipe", `the ${what} ${file.place} is to be a JSON object of fields`);
}

/**
 * Returns the text of a file.
 * @throws {VitrailError} `io` for bytes that are no UTF-8.
 */
export function textIn({ place, bytes }: Pick<ModelFile, "place" | "bytes">): string {
  return textOfBytes(bytes, place);
}

/** The files that are there, of some that may be. */
export async function filesThere<N extends ModelFileName>(
  names: readonly N[],
  read: (name: N) => Promise<ModelFile | undefined>,
): Promise<ModelFile[]> {
  const files = await Promise.all(names.map(read));
  return files.filter((file) => file !== undefined);
}
